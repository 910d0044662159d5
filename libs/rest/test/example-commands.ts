import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { Conflict, refuseAs } from '#kernel';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key } from '#read-store';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler } from '#api';
import type { networkFields, siteFields } from './example-models.ts';
import { network, site } from './example-things.ts';

export class CreateSite extends CreateCommand<NewValues<typeof siteFields>> {}
export class ChangeSite extends ChangeCommand<ChangedValues<typeof siteFields>> {}
export class DeleteSite extends DeleteCommand {}
export class CreateNetwork extends CreateCommand<NewValues<typeof networkFields>, number> {}

/** Gives a site another description; some descriptions stand for what may go wrong. */
export class DescribeSite extends NamedCommand {
  constructor(
    readonly site: Key,
    readonly description: string,
  ) {
    super();
  }
}

@CommandHandler(DescribeSite)
class DescribeSiteHandler extends UnitOfWorkHandler<DescribeSite> {
  async decide(work: UnitOfWork, { site: name, description }: DescribeSite): Promise<void> {
    if (description === 'taken') throw new Conflict([`site-${name}`]);
    if (description === 'job') throw refuseAs('ForemanException', 'JOB_EXISTS', 'there is a job at work');
    if (description === 'bug') throw new Error('the reason', { cause: 'password=hunter2' });
    await work.decide(site.decider, name, { type: 'ChangeSite', data: { description } });
  }
}

const checkSite = async (work: UnitOfWork, field: string, name: string | null | undefined): Promise<void> => {
  if (typeof name !== 'string' || (await work.load(site.decider, name)).stage === 'active') return;
  work.fault(field, 'INVALID_VALUE', `there is no site ${name}`);
};

export const exampleHandlers = [
  createHandler(CreateSite, async (work, values) => {
    await checkSite(work, 'parent', values.parent);
    await work.decide(site.decider, values.name, { type: 'DefineSite', data: { ...values } });
    return values.name;
  }),
  changeHandler(ChangeSite, async (work, name, values) => {
    await checkSite(work, 'parent', values.parent);
    await work.decide(site.decider, name, { type: 'ChangeSite', data: { ...values } });
  }),
  deleteHandler(DeleteSite, 'Site/Site', site.decider),
  createHandler(CreateNetwork, async (work, values) => {
    await checkSite(work, 'site', values.site);
    const id = Number(values.name.replace(/\D/g, ''));
    await work.decide(network.decider, id, { type: 'DefineNetwork', data: { ...values } });
    return id;
  }),
  DescribeSiteHandler,
];
