import { inSlices } from '#kernel';
import { shownConfiguration } from './configuration.ts';
import type { Layer } from './layer.ts';
import { merging } from './merge.ts';
import { overlay } from './overlay.ts';

/** The configuration layers come to, with every text in it rendered; long work lets others have their turn. */
export async function mergedConfiguration(layers: readonly Layer[], classes: readonly string[]) {
  const overlaid = overlay(layers, classes);
  const { values, faults: unrendered } = await inSlices(merging(overlaid.values));
  const faults = [...overlaid.faults, ...unrendered];
  return { configuration: shownConfiguration(values, faults), faults };
}
