import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { Conflict, refuseAs, streamName } from '#kernel';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key } from '#read-store';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler, uriOf } from '#api';
import { foundation, network, site } from './example-kinds.ts';
import type { foundationFields, networkFields, siteFields } from './example-models.ts';

export class CreateSite extends CreateCommand<NewValues<typeof siteFields>> {}
export class ChangeSite extends ChangeCommand<ChangedValues<typeof siteFields>> {}
export class DeleteSite extends DeleteCommand {}
export class CreateFoundation extends CreateCommand<NewValues<typeof foundationFields>> {}
export class ChangeFoundation extends ChangeCommand<ChangedValues<typeof foundationFields>> {}
export class DeleteFoundation extends DeleteCommand {}
export class CreateNetwork extends CreateCommand<NewValues<typeof networkFields>, number> {}

/** Gives a site another description; some descriptions stand for what may go wrong. */
export class RenameSite extends NamedCommand {
  constructor(
    readonly site: Key,
    readonly description: string,
  ) {
    super();
  }
}

/** Tells the job of a foundation: only `busy` has one. */
export class TellJob extends NamedCommand<number | null> {
  constructor(readonly foundation: Key) {
    super();
  }
}

export class PauseJob extends NamedCommand {}

const checkParent = async (work: UnitOfWork, parent: string | null | undefined): Promise<void> => {
  if (typeof parent !== 'string' || (await work.load(site.decider, parent)).stage === 'active') return;
  const text = `Object "${uriOf('Site/Site', parent)}" for model "/api/v1/Site/Site" NotFound`;
  work.fault('parent', 'INVALID_VALUE', text);
};

@CommandHandler(RenameSite)
class RenameSiteHandler extends UnitOfWorkHandler<RenameSite> {
  async decide(work: UnitOfWork, { site: name, description }: RenameSite): Promise<void> {
    if (description === 'taken') throw new Conflict([streamName('site', String(name))]);
    if (description === 'job') throw refuseAs('ForemanException', 'JOB_EXISTS', 'target has an existing job');
    if (description === 'bug') throw new Error('the reason', { cause: 'password=hunter2' });
    await work.decide(site.decider, name, { type: 'ChangeSite', data: { description } });
  }
}

@CommandHandler(TellJob)
class TellJobHandler extends UnitOfWorkHandler<TellJob> {
  async decide(_: UnitOfWork, { foundation: locator }: TellJob): Promise<number | null> {
    return locator === 'busy' ? 7 : null;
  }
}

@CommandHandler(PauseJob)
class PauseJobHandler extends UnitOfWorkHandler<PauseJob> {
  async decide(): Promise<void> {
    // There is nothing to decide.
  }
}

export const exampleHandlers = [
  createHandler(CreateSite, async (work, values) => {
    const { name, description, message, parent } = values;
    if (name.startsWith('-')) work.fault('name', 'PATTERN', 'Invalid');
    if (name !== '' && name === description) work.fault('', 'SAME', 'name and description are the same');
    if (message === 'bad') work.fault('message', 'BAD', 'is bad');
    await checkParent(work, parent);
    await work.decide(site.decider, name, { type: 'DefineSite', data: { ...values } });
    return name;
  }),
  changeHandler(ChangeSite, async (work, name, values) => {
    await checkParent(work, values.parent);
    await work.decide(site.decider, name, { type: 'ChangeSite', data: { ...values } });
  }),
  deleteHandler(DeleteSite, 'Site/Site', site.decider),
  createHandler(CreateFoundation, async (work, values) => {
    const data = { ...values, type: 'Manual' };
    await work.decide(foundation.decider, values.locator, { type: 'DefineFoundation', data });
    return values.locator;
  }),
  changeHandler(ChangeFoundation, (work, locator, values) =>
    work.decide(foundation.decider, locator, { type: 'ChangeFoundation', data: { ...values } }),
  ),
  deleteHandler(DeleteFoundation, 'Building/Foundation', foundation.decider),
  createHandler(CreateNetwork, async (work, values) => {
    const id = values.mtu ?? 0;
    await work.decide(network.decider, id, { type: 'DefineNetwork', data: { ...values } });
    return id;
  }),
  RenameSiteHandler,
  TellJobHandler,
  PauseJobHandler,
];
