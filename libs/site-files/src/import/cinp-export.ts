import type { Json, JsonMap } from '#kernel';
import { pairsOf, parseJson, refuse } from '#kernel';

/** An object as CInP shows it: what it refers to is a URI. */
export type Shown = Readonly<Record<string, Json>>;

const ROOT = '/api/v1/';
const URI = /^\/api\/v1\/([^:]+):(.*):$/;

/** The objects that a Contractor showed over CInP, as `contractor export-cinp` writes them, by model and id. */
export class CinpExport {
  readonly #models = new Map<string, ReadonlyMap<string, Shown>>();
  /** By model, field and id of what the field refers to. */
  readonly #referring = new Map<string, ReadonlyMap<string, readonly Shown[]>>();
  /** Why models are not in it, by their paths without the root. */
  readonly skipped: readonly (readonly [path: string, why: string])[];

  private constructor(models: JsonMap, skipped: JsonMap) {
    this.skipped = pairsOf(skipped).map(([path, why]) => [withoutRoot(path), text(why)]);
    for (const [path, objects] of pairsOf(models)) {
      const pairs = isMap(objects) ? pairsOf(objects) : [];
      const shown = pairs.flatMap(([uri, one]) => (isMap(one) ? [[idOf(uri) ?? uri, one] as const] : []));
      this.#models.set(withoutRoot(path), new Map(shown.toSorted(([one], [other]) => compareIds(one, other))));
    }
  }

  /** @throws Refusal where a text is no such export */
  static from(file: string, text: string): CinpExport {
    let parsed: unknown;
    try {
      parsed = parseJson(text);
    } catch (error) {
      throw refuse(file, 'JSON', `is no JSON: ${(error as Error).message}`);
    }
    const { models, skipped } = isMap(parsed as Json) ? (parsed as JsonMap) : {};
    if (!isMap(models)) throw refuse(file, 'EXPORT', 'is no export of a Contractor: there are no "models"');
    return new CinpExport(models, isMap(skipped) ? skipped : {});
  }

  /** Paths of models, without the root: `Building/Structure`. */
  get paths(): readonly string[] {
    return [...this.#models.keys()];
  }

  /** The objects of a model by id, in the order of the ids, which are compared as numbers where they are some. */
  of(path: string): readonly (readonly [id: string, object: Shown])[] {
    return [...(this.#models.get(path) ?? [])];
  }

  get(path: string, id: string | undefined): Shown | undefined {
    return id === undefined ? undefined : this.#models.get(path)?.get(id);
  }

  /** The object a field refers to. */
  at(path: string, uri: Json | undefined): Shown | undefined {
    return this.get(path, idOf(uri));
  }

  /** The objects of a model that refer to an object by a field, in the order of their ids. */
  referring(path: string, field: string, id: string | undefined): readonly Shown[] {
    const key = `${path} ${field}`;
    let known = this.#referring.get(key);
    if (!known) {
      const groups = new Map<string, Shown[]>();
      for (const [, one] of this.of(path)) {
        const to = idOf(one[field]);
        if (to === undefined) continue;
        const group = groups.get(to);
        if (group) group.push(one);
        else groups.set(to, [one]);
      }
      this.#referring.set(key, (known = groups));
    }
    return (id === undefined ? undefined : known.get(id)) ?? [];
  }
}

const withoutRoot = (path: string): string => (path.startsWith(ROOT) ? path.slice(ROOT.length) : path);

const compareIds = (one: string, other: string): number =>
  /^\d+$/.test(one) && /^\d+$/.test(other) ? Number(one) - Number(other) : one < other ? -1 : 1;

/** The model and the id that a URI names; undefined: it is no URI of an object. */
export function partsOf(value: Json | undefined): { readonly path: string; readonly id: string } | undefined {
  const [, path, id] = typeof value === 'string' ? (URI.exec(value) ?? []) : [];
  return path === undefined || id === undefined ? undefined : { path, id };
}

/** The id at the end of a URI. */
export const idOf = (uri: Json | undefined): string | undefined => partsOf(uri)?.id;

/** The ids at the end of a list of URIs. */
export const idsOf = (uris: Json | undefined): string[] => listOf(uris).flatMap((uri) => idOf(uri) ?? []);

/** A value that is a list; everything else is an empty one. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

/** A text, or a number as one; empty for everything else. */
export const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** Whether a value is a map. */
export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A map or list that holds something; undefined: it does not. */
export function filled(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.length > 0 ? (value as readonly Json[]) : undefined;
  return isMap(value) && Object.keys(value).length > 0 ? value : undefined;
}
