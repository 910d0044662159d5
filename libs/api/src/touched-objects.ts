import type { Key, ReadModel, Recorded } from '#read-store';
import { fulfils, keysOf } from '#read-store';
import type { Catalogue } from './catalogue.ts';
import type { Model } from './model.ts';

/** An object of the API that an event concerns. */
export interface TouchedObject {
  /** Where it is read from. */
  readonly rows: ReadModel;
  readonly key: Key;
  /** The models whose objects are read from there; {@link shownAs} tells as which of them it is shown. */
  readonly models: readonly Model[];
}

/** Tells which objects of the API events concern, by the read models they are read from. Pure: it looks nothing up. */
export class TouchedObjects {
  readonly #byType = new Map<string, { rows: ReadModel; models: Model[] }[]>();

  constructor({ models }: Pick<Catalogue, 'models'>) {
    const byRows = new Map<ReadModel, Model[]>();
    for (const model of models) {
      if (model.rows) byRows.set(model.rows, [...(byRows.get(model.rows) ?? []), model]);
    }
    for (const [rows, shown] of byRows) {
      for (const type of Object.keys(rows.on)) {
        this.#byType.set(type, [...(this.#byType.get(type) ?? []), { rows, models: shown }]);
      }
    }
  }

  /** Those that an event concerns, in the order of the models; none where it changes no object. */
  of(event: Recorded): readonly TouchedObject[] {
    return (this.#byType.get(event.type) ?? []).flatMap(({ rows, models }) =>
      keysOf(rows, event).map((key) => ({ rows, key, models })),
    );
  }
}

/**
 * The model that an object is shown as, by its row: one for all kinds of objects in these rows where it can be read
 * (`Building/Foundation`), else the one of its kind (`Foreman/FoundationJob`, `PostOffice/StructureBox`). Undefined: it is shown as none.
 */
export function shownAs({ rows, models }: Pick<TouchedObject, 'rows' | 'models'>, row: object): Model | undefined {
  const readable = models.filter((model) => model.readable !== false);
  const isOne = ({ kind = {} }: Model): boolean => fulfils(rows, row, kind);
  return (
    readable.find(({ kind }) => kind === undefined) ??
    readable.find((model) => model.base !== undefined && isOne(model)) ??
    readable.find(isOne)
  );
}
