import type { JsonMap } from '#kernel';
import { parseStored, Secret, writeJson } from '#kernel';

/** Where in the parameters of a task a secret stands: keys and indexes from the outside in. */
export type SecretPath = readonly (string | number)[];

/** Parameters with what stands at the given places wrapped, and the texts that were found there. */
export interface WrappedParameters {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly texts: readonly string[];
}

/** Wraps the secrets in the parameters of a task, so that they cannot be printed; a path that leads nowhere is none. */
export function wrapSecrets(parameters: JsonMap, paths: readonly SecretPath[] = []): WrappedParameters {
  const copy = parseStored(writeJson(parameters)) as Record<string | number, unknown>;
  const texts: string[] = [];
  for (const path of paths) {
    const last = path.at(-1);
    let inside: unknown = copy;
    for (const key of path.slice(0, -1)) inside = isHolder(inside) ? inside[key] : undefined;
    if (last === undefined || !isHolder(inside) || typeof inside[last] !== 'string') continue;
    texts.push(inside[last]);
    inside[last] = new Secret(inside[last]);
  }
  return { parameters: copy, texts };
}

const isHolder = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Secret);
