import type { Json } from '#kernel';
import type { ConfigFault, Layer, Pairs } from './layer.ts';
import { MOMENT } from './moment.ts';
import { shownValues } from './shown-values.ts';
import { overlay } from './overlay.ts';

/** What every configuration says about the server it comes from. */
export interface Served {
  /** How machines reach the server: `http://contractor`. */
  readonly contractorUrl: string;
  /** Where boot images lie: `http://static/pxe/`. */
  readonly pxeUrl: string;
}

/** The last layer of every configuration: the server, the moment, and when something in it was last changed. */
export const servedLayer = (
  { contractorUrl, pxeUrl }: Served,
  { now, changed }: { readonly now: string; readonly changed: readonly string[] },
): Layer => ({
  source: { kind: 'Contractor', id: '' },
  attributes: [
    ['__last_modified', changed.toSorted().at(-1) ?? null],
    [MOMENT, now],
    ['__contractor_host', contractorUrl],
    ['__pxe_location', pxeUrl],
  ],
});

/** A configuration as it is shown: secrets masked, and what is at fault in it under `__faults`. */
export function shownConfiguration(
  values: Iterable<readonly [string, Json]>,
  faults: readonly ConfigFault[],
  secretNames: readonly string[] = [],
): Readonly<Record<string, Json>> {
  return shownValues([...values, ...faultsShown(faults)], secretNames);
}

/** Under what name a configuration tells what is at fault in it. */
export const FAULTS = '__faults';

/** What is at fault in a configuration, as it stands in it; nothing where nothing is. */
export const faultsShown = (faults: readonly ConfigFault[]): Pairs =>
  faults.length === 0 ? [] : [[FAULTS, faults.map(({ key, error, message }): Json => ({ key, error, message }))]];

/** The configuration layers come to, with nothing in it rendered. */
export function unmergedConfiguration(layers: readonly Layer[], classes: readonly string[] = []) {
  const { values, faults, secretNames } = overlay(layers, classes);
  return { configuration: shownConfiguration(values, faults, secretNames), faults };
}

/** Injection token of what configurations say about the server ({@link Served}). */
export const SERVED = Symbol('Served');
