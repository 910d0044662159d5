import type { Pairs } from '#config';
import { isSecretName, readConfigName } from '#config';
import type { Json, JsonMap } from '#kernel';
import { isSecretReference, numberIn, pairsOf, writeJson } from '#kernel';

/** How many terms one object is found by, at most, and how long a term is, in characters. */
export const MAX_TERMS = 300;
export const MAX_TERM = 120;

/** A value that stands somewhere in an object: the dotted path to it, and its text. */
export interface Leaf {
  readonly path: string;
  readonly text: string;
  /** The names on the way to it, without operators and classes. */
  readonly names: readonly string[];
}

/** All single values in a configuration or a report, but for secrets; items of lists stand at the path of their list. */
export function leavesOf(values: Pairs, isSecret: (name: string) => boolean = isSecretName): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (names: readonly string[], value: Json): void => {
    if (value === null || leaves.length >= MAX_TERMS || isSecretReference(value)) return;
    if (Array.isArray(value)) {
      for (const item of value as Json[]) visit(names, item);
    } else if (typeof value === 'object' && numberIn(value) === undefined) {
      for (const [name, inner] of pairsOf(value as JsonMap)) if (!isSecret(name)) visit([...names, name], inner);
    } else {
      const text = typeof value === 'string' ? value : writeJson(value);
      if (text !== '' && text.length <= MAX_TERM) leaves.push({ path: names.join('.'), text, names });
    }
  };
  for (const [key, value] of values) {
    const name = readConfigName(key)?.name ?? key;
    if (!isSecret(name)) visit([name], value);
  }
  return leaves;
}

/** What an object is found by that has this value somewhere: the value, and `path=value`, in lower case. */
export const termsOf = (leaves: readonly Leaf[]): string[] =>
  leaves.flatMap(({ path, text }) => [text, `${path}=${text}`].map((term) => term.toLowerCase()));

/** Each once, and not more than there may be. */
export const bounded = (terms: readonly string[]): readonly string[] =>
  [...new Set(terms.filter((term) => term.length <= 2 * MAX_TERM))].slice(0, MAX_TERMS);

/** Names of what identifies a machine, in hardware reports. */
const SERIAL = /^(?:.*[_-])?(?:serial(?:[_-]?(?:number|no))?|service[_-]?tag|asset(?:[_-]?tag)?)$/i;

/** The serial numbers and asset tags in a hardware report, in the order in which they stand there. */
export const serialsIn = (report: JsonMap | null): Leaf[] =>
  report === null ? [] : leavesOf(pairsOf(report)).filter(({ names }) => SERIAL.test(names.at(-1) ?? ''));
