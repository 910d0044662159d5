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
export const inOrderOfApplication = <V>(entries: readonly (readonly [string, V])[]): (readonly [string, V])[] =>
  entries.toSorted(([one], [other]) => ORDER.indexOf(one.charAt(0)) - ORDER.indexOf(other.charAt(0)));

const SECRET = /_(?:password|token|secret)$/i;

/** Whether a key, whatever its operator and class, names a secret. */
export const isSecretName = (key: string): boolean => SECRET.test(readConfigName(key)?.name ?? key);
