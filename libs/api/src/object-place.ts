import type { Key, ReadModel } from '#read-store';
import type { Catalogue } from './catalogue.ts';
import type { Model } from './model.ts';

/** Rows as of some moment. */
export type RowSource = (rows: ReadModel, key: Key) => Promise<object | undefined>;

/** Where an object is, and what it is made from; null where that is nowhere and nothing. */
export interface ObjectPlace {
  readonly site: string | null;
  readonly blueprint: string | null;
}

/** How long the way may be from an object to what it belongs to. */
const MAX_STEPS = 5;

/**
 * The site and the blueprint of an object: its own, or those of what it belongs to (the foundation of an interface, the
 * host of an address), as the models declare it (`sites`, and an index called `blueprint`).
 * @param row that of the object
 */
export async function objectPlace(
  catalogue: Pick<Catalogue, 'models'>,
  object: { readonly model: Model; readonly key: Key; readonly row: object },
  rowOf: RowSource,
): Promise<ObjectPlace> {
  let { model, key, row } = object;
  let blueprint: string | null = null;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { rows, sites } = model;
    if (rows) blueprint ??= textOf(rows.indexes['blueprint']?.(row));
    if (sites === 'itself') return { site: String(key), blueprint };
    if (!rows || sites === undefined || sites === 'none') break;
    const value = rows.indexes[sites.index]?.(row) ?? null;
    if (sites.of === undefined) return { site: textOf(value), blueprint };
    const holder = value === null ? undefined : await holderOf(catalogue, sites.of, value, rowOf);
    if (!holder) break;
    ({ model, key, row } = holder);
  }
  return { site: null, blueprint };
}

const textOf = (value: Key | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

/** An object of a model or of one that specialises it, by an id they share. */
async function holderOf({ models }: Pick<Catalogue, 'models'>, path: string, key: Key, rowOf: RowSource) {
  const candidates = models.filter((model) => model.path === path || model.base === path);
  for (const model of candidates) {
    const row = model.rows && (await rowOf(model.rows, key));
    if (row) return { model, key, row };
  }
  return undefined;
}
