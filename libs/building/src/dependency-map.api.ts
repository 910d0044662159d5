import type { Extension, Values } from '#api';
import { action } from '#api';
import type { FoundationRow } from './foundations.ts';
import { foundations, stateOf } from './foundations.ts';

/** A foundation as it stands in the map of what depends on what in a site. */
const entryOf = (locator: string, row: FoundationRow): Values => ({
  description: locator,
  type: 'Foundation',
  state: stateOf(row),
  dependency_list: [],
  has_job: row.job !== null,
  external: false,
});

/** What is in a site, and what each of it depends on, by ids of the map (`f-web1`): the foundations. */
export const dependencyMap: Extension = {
  model: 'Site/Site',
  actions: {
    getDependencyMap: action({
      doc: 'What is in the site, and what each of it depends on.',
      parameters: {},
      returns: { type: { kind: 'Map' } },
      permission: { grant: 'Site.view_site' },
      query: async (site, _, { view }) => {
        const { rows } = await view.list(foundations, { where: { site } });
        return Object.fromEntries(rows.map(({ key, row }) => [`f-${key}`, entryOf(String(key), row)]));
      },
    }),
  },
};
