import type { Action, Model } from '#api';
import { action, numberReference } from '#api';
import type { JobInsight, JobRow, JobTarget } from '#foreman';
import { jobModel, jobStarts } from '#foreman';
import { dependencies } from './dependencies.ts';

/** Jobs on dependencies. */
export const dependencyJobModel = (target: JobTarget, insight: JobInsight): Model<JobRow> =>
  jobModel(target, {
    path: 'Foreman/DependencyJob',
    doc: 'A job on a dependency.',
    target: { dependency: numberReference('Building/Dependency', { mode: 'RO', required: true }) },
    numbered: true,
    grant: 'Foreman.can_dependency_job',
    insight,
  });

/** What can be done with dependencies by jobs; they have no utility scripts. */
export function dependencyJobs(target: JobTarget): Readonly<Record<string, Action>> {
  const { doJob: _, ...starts } = jobStarts(target.kind, 'Building.can_create_dependency_job');
  return {
    ...starts,
    getJob: action({
      doc: 'The job at work on it, if any.',
      parameters: {},
      returns: { type: { kind: 'Model', model: 'Foreman/DependencyJob' } },
      permission: { grant: 'Building.view_dependency' },
      query: async (id, _parameters, { view }) => (await view.get(dependencies, id))?.job?.job ?? null,
    }),
  };
}
