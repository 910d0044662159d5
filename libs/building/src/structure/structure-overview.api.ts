import type { Extension, Parameters } from '#api';
import { boundTo, parameter, shaped, staticAction } from '#api';
import { refuse } from '#kernel';
import type { View, Where } from '#read-store';
import { sites } from '#site';
import { selectionParameters, whereOf, withinSites } from '../selection/selection.ts';
import { MAX_OVERVIEW, overviewOf, overviewShape } from './structure-overview.ts';
import { hostKey } from './structures.ts';

const parameters = {
  ...selectionParameters('Structure'),
  hostname: parameter.text({ default: null, doc: 'Its host name.' }),
  position: parameter.integer({ default: 0, doc: 'How many to leave out before.' }),
  count: parameter.integer({ default: MAX_OVERVIEW, doc: `How many to tell of: at most ${MAX_OVERVIEW}.` }),
} as const satisfies Parameters;

function numberIn(field: 'position' | 'count', value: number | null, most: number): number {
  if (value !== null && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw refuse(field, 'RANGE', `must be a whole number from 0 to ${most}`);
}

/** The condition that a host has this name, at whichever site. */
async function named(view: View, hostname: string | null): Promise<Where> {
  if (hostname === null) return {};
  const { keys } = await view.keys(sites);
  return { host: { any: keys.map((site) => hostKey(String(site), hostname)) } };
}

/** Structures at a glance, a page at a time. */
export const structureOverview: Extension = {
  model: 'Building/Structure',
  actions: {
    overview: staticAction({
      doc: 'Structures at a glance, in the order of their ids: state, address, foundation, and the job at work on them.',
      protocols: ['rest'],
      asOf: true,
      parameters,
      returns: shaped(overviewShape),
      permission: { grant: 'Building.view_structure' },
      query: async ({ hostname, position, count, ...selection }, { view, caller }) => {
        const page = {
          skip: numberIn('position', position, Number.MAX_SAFE_INTEGER),
          count: numberIn('count', count, MAX_OVERVIEW),
        };
        const where = { ...(await whereOf('Structure', selection, view)), ...(await named(view, hostname)) };
        return overviewOf(view, caller, { ...page, where: withinSites(where, boundTo(caller)) });
      },
    }),
  },
};
