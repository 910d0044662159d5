import type { Json } from '#kernel';
import { inSlices, objectOf } from '#kernel';
import { faultsShown, shownConfiguration } from './configuration.ts';
import type { ConfigFault, Layer } from './layer.ts';
import { merging, mergingRevealed } from './merge.ts';
import { overlay } from './overlay.ts';

/** A configuration with every text in it rendered. */
export interface MergedConfiguration {
  readonly configuration: Readonly<Record<string, Json>>;
  readonly faults: readonly ConfigFault[];
}

/** The configuration layers come to, with every text in it rendered; long work lets others have their turn. */
export async function mergedConfiguration(
  layers: readonly Layer[],
  classes: readonly string[],
): Promise<MergedConfiguration> {
  const { values, faults } = await merged(layers, classes, merging);
  return { configuration: shownConfiguration(values, faults), faults };
}

/** The same for the machine that it is about: with the secrets in it in clear text, where the layers have them so. */
export async function unmaskedConfiguration(
  layers: readonly Layer[],
  classes: readonly string[],
): Promise<MergedConfiguration> {
  const { values, faults } = await merged(layers, classes, mergingRevealed);
  return { configuration: objectOf([...values, ...faultsShown(faults)]), faults };
}

async function merged(layers: readonly Layer[], classes: readonly string[], mergedFrom: typeof mergingRevealed) {
  const overlaid = overlay(layers, classes);
  const { values, faults } = await inSlices(mergedFrom(overlaid.values));
  return { values, faults: [...overlaid.faults, ...faults] };
}
