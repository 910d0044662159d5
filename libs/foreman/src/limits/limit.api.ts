import type { Extension } from '#api';
import { action, byReference, dateTime, defineModel, integer, reference, shape, shaped, text } from '#api';
import type { View } from '#read-store';
import { ChangeLimit, CreateLimit, DeleteLimit } from './limit.commands.ts';
import type { LimitBook } from './limit-book.ts';
import { limit } from './limit.ts';
import { limits } from './limits.ts';

export const limitFields = {
  site: reference('Site/Site', {
    mode: 'RC',
    doc: 'The site whose jobs it counts, with those of the sites within it; with a module: the site whose agents it counts.',
  }),
  complex: reference('Building/Complex', { mode: 'RC', doc: 'The complex on whose foundations jobs are counted.' }),
  module: text(100, {
    mode: 'RC',
    doc: 'The module whose tasks at agents are counted, over all sites unless one is named.',
  }),
  max_jobs: integer({ required: true, doc: 'How many at a time, from 0; what had begun before goes on.' }),
  id: text(undefined, { mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** How many of the jobs that a limit counts are listed. */
const MAX_LISTED = 100;
const usageShape = shape.record({ running: shape.count(), jobs: shape.list(shape.count()) });

/** How many jobs may run at a time. */
export const limitModel = (book: Pick<LimitBook, 'counted'>) =>
  defineModel({
    path: 'Foreman/Limit',
    doc: 'How many jobs of a site or on a complex may have begun at a time, or how many tasks of a module may be at agents.',
    protocols: ['rest'],
    idField: 'id',
    fields: limitFields,
    rows: limits,
    present: ({ maxJobs, ...row }, id) => ({ ...row, id, max_jobs: maxJobs }),
    create: (values) => new CreateLimit(values),
    update: (id, { max_jobs }) => new ChangeLimit(id, { max_jobs }),
    deletion: { command: (ids) => new DeleteLimit(ids) },
    filters: { site: byReference('site', 'Site/Site'), complex: byReference('complex', 'Building/Complex') },
    actions: {
      usage: action({
        doc: `What it counts now: how many, and the first ${MAX_LISTED} of these jobs by their ids.`,
        parameters: {},
        returns: shaped(usageShape),
        permission: { grant: 'Foreman.view_limit' },
        query: async (id) => {
          const jobs = book.counted(String(id));
          return { running: jobs.length, jobs: jobs.slice(0, MAX_LISTED) };
        },
      }),
    },
  });

const limitsOf = async (view: View, field: 'site' | 'complex', name: string): Promise<readonly string[]> =>
  (await view.keys(limits, { where: { [field]: name } })).keys.map(String);

const goesWith = (model: string, field: 'site' | 'complex'): Extension => ({
  model,
  release: async (work, view, key) => {
    for (const id of await limitsOf(view, field, String(key))) {
      const { limit: set } = await work.load(limit, id);
      if (set) await work.decide(limit, id, { type: 'RemoveLimit', data: {} });
    }
  },
});

/** The limits of a site, or a complex, go with it. */
export const limitExtensions: readonly Extension[] = [
  goesWith('Site/Site', 'site'),
  goesWith('Building/Complex', 'complex'),
];
