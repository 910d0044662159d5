import type { Action, Model } from '#api';
import { action, reference } from '#api';
import type { JobInsight, JobRow, JobTarget } from '#foreman';
import { jobModel, jobStarts } from '#foreman';
import { foundations } from './foundations.ts';

/** Jobs on foundations. */
export const foundationJobModel = (target: JobTarget, insight: JobInsight): Model<JobRow> =>
  jobModel(target, {
    path: 'Foreman/FoundationJob',
    doc: 'A job on a foundation.',
    target: { foundation: reference('Building/Foundation', { mode: 'RO', required: true }) },
    grant: 'Foreman.can_foundation_job',
    insight,
  });

/** What can be done with foundations by jobs. */
export const foundationJobs = (target: JobTarget): Readonly<Record<string, Action>> => ({
  ...jobStarts(target.kind, 'Building.can_create_foundation_job'),
  getJob: action({
    doc: 'The job at work on it, if any.',
    parameters: {},
    returns: { type: { kind: 'Model', model: 'Foreman/FoundationJob' } },
    permission: { grant: 'Building.view_foundation' },
    query: async (locator, _, { view }) => (await view.get(foundations, locator))?.job?.job ?? null,
  }),
});
