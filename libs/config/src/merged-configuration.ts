import type { Json } from '#kernel';
import { inSlices, objectOf } from '#kernel';
import { faultsShown, shownConfiguration } from './configuration.ts';
import type { ConfigFault, Layer } from './layer.ts';
import { LIMITS } from './limits.ts';
import { merging, mergingClear } from './merge.ts';
import { overlay } from './overlay.ts';

/** A configuration with every text in it rendered. */
export interface MergedConfiguration {
  readonly configuration: Readonly<Record<string, Json>>;
  readonly faults: readonly ConfigFault[];
  /** Whether a text of it asked for the moment at which it is rendered. */
  readonly tellsMoment?: boolean;
}

/** The configuration layers come to, with every text in it rendered; long work lets others have their turn. */
export async function mergedConfiguration(
  layers: readonly Layer[],
  classes: readonly string[],
): Promise<MergedConfiguration> {
  const { values, faults, secretNames, tellsMoment } = await merged(layers, classes, false);
  return { configuration: shownConfiguration(values, faults, secretNames), faults, tellsMoment };
}

/** The same for the machine that it is about: with the secrets in it in clear text, where the layers have them so. */
export async function unmaskedConfiguration(
  layers: readonly Layer[],
  classes: readonly string[],
): Promise<MergedConfiguration> {
  const { values, faults } = await merged(layers, classes, true);
  return { configuration: objectOf([...values, ...faultsShown(faults)]), faults };
}

async function merged(layers: readonly Layer[], classes: readonly string[], clear: boolean) {
  const overlaid = overlay(layers, classes);
  const { secretNames } = overlaid;
  const work = clear ? mergingClear(overlaid.values, secretNames) : merging(overlaid.values, LIMITS, secretNames);
  const { values, faults, tellsMoment } = await inSlices(work);
  return { values, faults: [...overlaid.faults, ...faults], secretNames, tellsMoment };
}
