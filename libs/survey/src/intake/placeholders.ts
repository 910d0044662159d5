import { identitiesOf } from '#building';
import type { Json, JsonMap } from '#kernel';

/** A machine that is not known yet, as it tells of itself. */
export interface UnknownMachine {
  readonly identifier: string;
  readonly infoMap: JsonMap;
}

/** `{serial}`, `{bmc.ip_address}` */
export const PLACEHOLDER = /\{([a-zA-Z0-9_.-]+)\}/g;

/** Stands for the lowest number with which the locator is free. */
export const NUMBER = 'n';
/** How much of an identifier stands in a locator. */
const IDENTIFIER_LENGTH = 12;

/** The placeholders in a text, by name. */
export const placeholdersIn = (text: string): readonly string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

/** A text with values in the place of placeholders; what has none is told. */
export interface Filled {
  readonly text: string;
  readonly missing: readonly string[];
}

export function fill(text: string, machine: UnknownMachine): Filled {
  const missing: string[] = [];
  const filled = text.replace(PLACEHOLDER, (whole, name: string) => {
    if (name === NUMBER) return whole;
    const value = valueOf(name, machine);
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: filled, missing };
}

/** A text as a part of a name: what is neither a letter nor a digit becomes a dash. */
export const asName = (text: string): string =>
  text
    .replace(/[^a-zA-Z0-9_{}-]+/g, '-')
    .replace(/^[^a-zA-Z0-9{]+/, '')
    .replace(/-+$/, '');

function valueOf(name: string, { identifier, infoMap }: UnknownMachine): string | undefined {
  if (name === 'identifier') return identifier.slice(0, IDENTIFIER_LENGTH);
  if (name === 'serial' || name === 'mac') {
    const found = identitiesOf(infoMap).find((one) => one.startsWith(`${name}:`));
    const value = found?.slice(name.length + 1);
    return name === 'mac' ? value?.replaceAll(':', '') : value;
  }
  let value: Json | undefined = infoMap;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as JsonMap)[part];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
