import type { Action, Extension } from '#api';
import { action, boundTo, shaped, staticAction } from '#api';
import { refuse } from '#kernel';
import type { Selectable } from '../selection/selection.ts';
import { SELECTABLE_ROWS, selectionParameters, whereOf, withinSites } from '../selection/selection.ts';
import { impactOf, impactShape, MAX_AFFECTED } from './impact.ts';
import type { Kind } from './nodes.ts';
import { idOf } from './nodes.ts';

const impact = (kind: Kind, grant: string): Action =>
  action({
    doc: 'What is affected when it is taken down: what stands on it or waits for it, and what on that.',
    protocols: ['rest'],
    asOf: true,
    parameters: {},
    returns: shaped(impactShape),
    permission: { grant },
    query: (key, _, { view, caller }) => impactOf(view, [idOf(kind, key)], boundTo(caller)),
  });

const selectionImpact = (of: Selectable, kind: Kind, grant: string): Action =>
  staticAction({
    doc: 'What is affected when all that is selected is taken down together.',
    protocols: ['rest'],
    asOf: true,
    parameters: selectionParameters(of),
    returns: shaped(impactShape),
    permission: { grant },
    query: async (selection, { view, caller }) => {
      const where = withinSites(await whereOf(of, selection, view), boundTo(caller));
      const { keys } = await view.keys(SELECTABLE_ROWS[of], { where, count: MAX_AFFECTED + 1 });
      if (keys.length > MAX_AFFECTED) {
        throw refuse('', 'TOO_MANY', `more than ${MAX_AFFECTED} are selected: select fewer`);
      }
      return impactOf(
        view,
        keys.map((key) => idOf(kind, key)),
        boundTo(caller),
      );
    },
  });

/** Everything that something else can depend on tells what taking it down affects. */
export const impacts: readonly Extension[] = [
  {
    model: 'Building/Foundation',
    actions: {
      impact: impact('f', 'Building.view_foundation'),
      selectionImpact: selectionImpact('Foundation', 'f', 'Building.view_foundation'),
    },
  },
  {
    model: 'Building/Structure',
    actions: {
      impact: impact('s', 'Building.view_structure'),
      selectionImpact: selectionImpact('Structure', 's', 'Building.view_structure'),
    },
  },
  { model: 'Building/Dependency', actions: { impact: impact('d', 'Building.view_dependency') } },
  { model: 'Building/Complex', actions: { impact: impact('c', 'Building.view_complex') } },
];
