import type { Extension } from '#api';
import { boundTo, shaped, staticAction } from '#api';
import { countsOf, countsShape } from './counts.ts';
import type { Selectable } from './selection.ts';
import { selectionParameters, whereOf, withinSites } from './selection.ts';

const counts = (kind: Selectable, grant: string): Extension => ({
  model: `Building/${kind}`,
  actions: {
    count: staticAction({
      doc: 'How many are selected: in which state, made from which blueprint, at which site.',
      protocols: ['rest'],
      asOf: true,
      parameters: selectionParameters(kind),
      returns: shaped(countsShape),
      permission: { grant },
      query: async (selection, { view, caller }) =>
        countsOf(view, kind, withinSites(await whereOf(kind, selection, view), boundTo(caller))),
    }),
  },
});

/** How many foundations and structures there are. */
export const selectionCounts: readonly Extension[] = [
  counts('Structure', 'Building.view_structure'),
  counts('Foundation', 'Building.view_foundation'),
];
