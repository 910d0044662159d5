import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, DeleteCommand, deleteUnreferencedHandler } from '#api';
import { UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { siteFor } from '#site';
import { JobTargetRegistry } from '../job-target.ts';
import type { limitFields } from './limit.api.ts';
import type { Limit } from './limit.ts';
import { limit, limitId, limitSubject } from './limit.ts';

/** The largest limit there is. */
export const MAX_LIMIT = 1_000_000;
/** What modules are named like, as scripts name them. */
const MODULE_NAME = /^[a-z][a-z0-9_]*$/i;

export class CreateLimit extends CreateCommand<NewValues<typeof limitFields>> {}
export class ChangeLimit extends ChangeCommand<ChangedValues<typeof limitFields>> {}
export class DeleteLimit extends DeleteCommand {}

function checkMax(work: UnitOfWork, max: number): void {
  if (max < 0 || max > MAX_LIMIT) work.fault('max_jobs', 'RANGE', `must be between 0 and ${MAX_LIMIT}`);
}

@CommandHandler(CreateLimit)
class CreateLimitHandler extends UnitOfWorkHandler<CreateLimit> {
  constructor(@Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry) {
    super();
  }

  async decide(work: UnitOfWork, { values }: CreateLimit) {
    const { site, complex, module, max_jobs: maxJobs } = values;
    const subject = { site, complex, module: module === '' ? null : module };
    await this.#check(work, subject);
    checkMax(work, maxJobs);
    work.throwIfFaulted();
    const data: Limit = { ...subject, maxJobs };
    const id = limitId(data);
    const { limit: set } = await work.load(limit, id);
    if (set) work.fault('', 'TAKEN', `${limitSubject(data)} has a limit already: ${id}`);
    else await work.decide(limit, id, { type: 'SetLimit', data });
    return id;
  }

  /** What it is a limit of is there. */
  async #check(work: UnitOfWork, { site, complex, module }: Omit<Limit, 'maxJobs'>): Promise<void> {
    await siteFor(work, 'site', site);
    if (complex !== null && !(await this.targets.hasComplex(work, complex))) {
      work.fault('complex', 'INVALID_VALUE', `there is no complex ${complex}`);
    }
    if (module !== null && !MODULE_NAME.test(module)) work.fault('module', 'PATTERN', 'this is no name of a module');
    if (site === null && complex === null && module === null) {
      work.fault('site', 'REQUIRED', 'a limit is that of a site, a complex, or a module');
    }
    if (complex !== null && (site !== null || module !== null)) {
      work.fault('complex', 'INVALID_VALUE', 'a limit of a complex names no site and no module');
    }
  }
}

export const limitHandlers = [
  CreateLimitHandler,
  changeHandler(ChangeLimit, async (work, key, { max_jobs: maxJobs }) => {
    const { limit: set } = await work.load(limit, String(key));
    if (!set) return work.fault('', 'NOT_FOUND', 'Limit does not exist');
    if (maxJobs === undefined) return undefined;
    checkMax(work, maxJobs);
    return work.decide(limit, String(key), { type: 'SetLimit', data: { ...set, maxJobs } });
  }),
  deleteUnreferencedHandler(DeleteLimit, 'Foreman/Limit', (work, key) =>
    work.decide(limit, String(key), { type: 'RemoveLimit', data: {} }),
  ),
];
