import type { UnitOfWork } from '#kernel';
import type { CachedRow, Key, ReadModel, Recorded, View } from '#read-store';
import { decidedEvents, forkView, viewOf } from '#read-store';

/** What a row is held in that is there: its row, since when. */
type Held = CachedRow | undefined;

/** A view that remembers rows it was asked for, so that what many machines have in common is read once. */
export function rememberingView(view: View): View {
  const known = new Map<string, Map<Key, Held>>();
  return viewOf({
    cached: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) => {
      const rows = known.get(model.name) ?? new Map<Key, Held>();
      known.set(model.name, rows);
      const missing = keys.filter((key) => !rows.has(key));
      if (missing.length > 0) {
        const found = await view.cached(model, missing);
        for (const key of missing) rows.set(key, found.get(key));
      }
      return new Map(
        keys.flatMap((key) => {
          const held = rows.get(key);
          return held ? [[key, held as CachedRow<Row>] as const] : [];
        }),
      );
    },
    keys: (model, options) => view.keys(model, options),
  });
}

/** The read models as they would be with what a unit of work has decided of one machine. */
export const machineView = (view: View, work: UnitOfWork, by: Pick<Recorded, 'at' | 'actor'>): View =>
  forkView(view, decidedEvents(work, by));
