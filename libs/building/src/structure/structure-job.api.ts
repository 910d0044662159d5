import type { Action, Model } from '#api';
import { action, numberReference } from '#api';
import type { JobInsight, JobRow, JobTarget } from '#foreman';
import { jobModel, jobStarts } from '#foreman';
import { structures } from './structures.ts';

/** Jobs on structures. */
export const structureJobModel = (target: JobTarget, insight: JobInsight): Model<JobRow> =>
  jobModel(target, {
    path: 'Foreman/StructureJob',
    doc: 'A job on a structure.',
    target: { structure: numberReference('Building/Structure', { mode: 'RO', required: true }) },
    numbered: true,
    grant: 'Foreman.can_structure_job',
    insight,
  });

/** What can be done with structures by jobs. */
export const structureJobs = (target: JobTarget): Readonly<Record<string, Action>> => ({
  ...jobStarts(target.kind, 'Building.can_create_structure_job'),
  getJob: action({
    doc: 'The job at work on it, if any.',
    parameters: {},
    returns: { type: { kind: 'Model', model: 'Foreman/StructureJob' } },
    permission: { grant: 'Building.view_structure' },
    query: async (id, _, { view }) => (await view.get(structures, id))?.job?.job ?? null,
  }),
});
