import type { ChangedKeys, Key, ReadModel, Recorded } from '#read-store';
import { keysOf } from '#read-store';

/** Which rows of which models events concern. */
export function touchedRows(models: readonly ReadModel[], events: readonly Recorded[]): ChangedKeys {
  const touched = new Map<ReadModel, Set<Key>>();
  for (const model of models) {
    const keys = new Set(events.flatMap((event) => keysOf(model, event)));
    if (keys.size > 0) touched.set(model, keys);
  }
  return touched;
}
