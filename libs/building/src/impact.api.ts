import type { Action, Extension } from '#api';
import { action } from '#api';
import { impactOf } from './impact.ts';

/** @param kind the letter of its ids in the map of what depends on what */
const impact = (kind: string, grant: string): Action =>
  action({
    doc: 'What is affected when it is taken down: what stands on it or waits for it, and what on that.',
    protocols: ['rest'],
    asOf: true,
    parameters: {},
    returns: { type: { kind: 'Map' } },
    permission: { grant },
    query: (key, _, { view }) => impactOf(view, `${kind}-${key}`),
  });

/** Everything that something else can depend on tells what taking it down affects. */
export const impacts: readonly Extension[] = [
  { model: 'Building/Foundation', actions: { impact: impact('f', 'Building.view_foundation') } },
  { model: 'Building/Structure', actions: { impact: impact('s', 'Building.view_structure') } },
  { model: 'Building/Dependency', actions: { impact: impact('d', 'Building.view_dependency') } },
  { model: 'Building/Complex', actions: { impact: impact('c', 'Building.view_complex') } },
];
