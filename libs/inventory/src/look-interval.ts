import { overlay } from '#config';
import { numberIn } from '#kernel';
import type { View } from '#read-store';
import { siteLayers } from '#site';
import { isLookInterval, LOOK_RULE } from './inventory.settings.ts';

/** The configuration value of sites that says how often their complexes are looked at. */
export const INTERVAL_VALUE = 'machine_look_seconds';

/** Seconds between two looks, or what is wrong with what is said of them. */
export type LookInterval = { readonly seconds: number } | { readonly fault: string };

/** How often the complexes of a site are looked at: as its configuration says, or else as usual. */
export async function lookIntervalOf(view: View, site: string, usual: number): Promise<LookInterval> {
  const { layers } = await siteLayers(view, site);
  const said = overlay(layers, [], { only: new Set([INTERVAL_VALUE]) }).values.get(INTERVAL_VALUE);
  if (said === undefined || said === null) return { seconds: usual };
  const seconds = typeof said === 'string' && /^\d+$/.test(said) ? Number(said) : numberIn(said);
  if (seconds !== undefined && isLookInterval(seconds)) return { seconds };
  return { fault: `${INTERVAL_VALUE} of site "${site}" ${LOOK_RULE}` };
}
