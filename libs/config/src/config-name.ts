/** What a key of configuration values does with what has come together so far. */
export type Operator = 'set' | 'remove' | 'prepend' | 'append' | 'drop';

/** A key taken apart: `<dns_servers:VM`. */
export interface ConfigName {
  readonly operator: Operator;
  readonly name: string;
  /** Applied only to targets of this class. */
  readonly only: string | undefined;
}

const PATTERN = /^([<>\-~]?)([a-zA-Z0-9][a-zA-Z0-9_-]*)(?::([a-zA-Z0-9]+))?$/;
const OPERATORS: Readonly<Record<string, Operator>> = {
  '': 'set',
  '-': 'remove',
  '<': 'prepend',
  '>': 'append',
  '~': 'drop',
};

/** Takes a key apart; undefined where it is none. */
export function readConfigName(key: string): ConfigName | undefined {
  const [, sign, name, only] = PATTERN.exec(key) ?? [];
  const operator = OPERATORS[sign ?? ''];
  return name === undefined || operator === undefined ? undefined : { operator, name, only };
}

const ORDER = '-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz<>~';

/**
 * Entries in the order in which they are applied: by the first character of the key, so that for one name removing comes
 * first, then setting, prepending, appending and dropping. Keys that begin alike stay in the order they were written in.
 */
export function inOrderOfApplication<V>(entries: readonly (readonly [string, V])[]): (readonly [string, V])[] {
  const places: (readonly [string, V])[][] = Array.from({ length: ORDER.length + 1 }, () => []);
  for (const entry of entries) places[ORDER.indexOf(entry[0].charAt(0)) + 1]?.push(entry);
  return places.flat();
}
