import type { Asked, CommandOption } from '../command.ts';
import { Misuse } from '../command.ts';
import type { Values } from '../rest-client.ts';

/** How what is typed becomes a value of the API. */
export type OptionKind =
  | 'text'
  | 'integer'
  | 'flag'
  | 'yes-no'
  | 'json'
  | 'texts'
  | 'integers'
  | 'secret'
  | 'structure'
  | 'structures'
  | 'block';

/** An option that sets a field of an object. */
export interface NounOption {
  readonly short?: string;
  /** The field it sets; where nothing is said its own name, with `_` for `-`. */
  readonly field?: string;
  /** Text unless said otherwise. Empty text is null: it takes away what is there. */
  readonly kind?: OptionKind;
  /** What `--help` calls its value. */
  readonly value?: string;
  readonly does: string;
  /** The model whose ids its value can be. */
  readonly of?: string;
  /** Of these, one: what its value can be. */
  readonly choices?: readonly string[];
  /** A new object cannot do without it. */
  readonly required?: true;
  /** The value of a new object for which nothing is said. */
  readonly initial?: unknown;
  /** Only new objects take it, or only those that are there. */
  readonly only?: 'create' | 'update';
  /** It adds to the list that is there, or takes away from it. */
  readonly edits?: 'add' | 'remove';
  /** What stands for null. */
  readonly none?: string;
}

export type NounOptions = Readonly<Record<string, NounOption>>;

/** What options of some kinds ask for before they have a value. */
export interface Lookups {
  /** The id of a structure that may be named by its host. */
  structure(text: string): Promise<number>;
  /** The id of an address block that may be named by its site and name. */
  block(text: string): Promise<number>;
  /** Asks for a secret, on a terminal or standard input. */
  secret(question: string): Promise<string>;
}

/** The options that one of the verbs takes. */
export const optionsFor = (verb: 'create' | 'update', options: NounOptions): NounOptions =>
  Object.fromEntries(Object.entries(options).filter(([, { only }]) => (only ?? verb) === verb));

const IS_LIST: readonly OptionKind[] = ['texts', 'integers', 'structures'];

/** The same options, as commands declare them. */
export const declared = (options: NounOptions): Readonly<Record<string, CommandOption>> =>
  Object.fromEntries(
    Object.entries(options).map(([name, { kind = 'text', short, value, does, of, choices }]) => [
      name,
      {
        type: kind === 'flag' ? 'boolean' : 'string',
        does,
        ...(IS_LIST.includes(kind) ? { multiple: true } : {}),
        ...(short === undefined ? {} : { short }),
        ...(value === undefined ? {} : { value }),
        ...(choices ? { completes: choices } : of === undefined ? {} : { completes: { model: of } }),
      } satisfies CommandOption,
    ]),
  );

/** The options as usage tells them: those that a new object needs first and without brackets. */
export function usageOfOptions(verb: 'create' | 'update', options: NounOptions): string {
  const told = Object.entries(options).map(([name, option]) => {
    const { kind = 'text', value = name.toUpperCase(), required } = option;
    const text = kind === 'flag' ? `--${name}` : `--${name} ${value}`;
    const needed = verb === 'create' && required === true;
    return { needed, text: `${needed ? text : `[${text}]`}${IS_LIST.includes(kind) ? '…' : ''}` };
  });
  return [...told.filter(({ needed }) => needed), ...told.filter(({ needed }) => !needed)]
    .map(({ text }) => text)
    .join(' ');
}

const fieldOf = (name: string, { field }: NounOption): string => field ?? name.replaceAll('-', '_');

/**
 * The values that a command line gives to fields.
 * @throws Misuse where a value cannot be read, or one is missing that a new object needs
 */
export async function fieldValues(
  verb: 'create' | 'update',
  { options: given }: Asked,
  options: NounOptions,
  lookups: Lookups,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    if (option.edits) continue;
    const field = fieldOf(name, option);
    const raw = given[name];
    if (raw !== undefined) values[field] = await valueOf(name, option, raw, lookups);
    else if (verb === 'create' && option.initial !== undefined) values[field] ??= option.initial;
  }
  if (verb === 'create') demandAll(options, values);
  return values;
}

function demandAll(options: NounOptions, values: Values): void {
  const missing = Object.entries(options)
    .filter(([name, option]) => option.required && (values[fieldOf(name, option)] ?? null) === null)
    .map(([name]) => `--${name}`);
  if (missing.length > 0) throw new Misuse(`say ${missing.join(', ')}`);
}

/** What lists are changed to: function of a list that is there, by field; empty where no option says so. */
export async function listEdits(
  { options: given }: Asked,
  options: NounOptions,
  lookups: Lookups,
): Promise<ReadonlyMap<string, (list: readonly unknown[]) => unknown[]>> {
  const edits = new Map<string, { add: unknown[]; remove: unknown[] }>();
  for (const [name, option] of Object.entries(options)) {
    const raw = given[name];
    if (!option.edits || raw === undefined) continue;
    const field = fieldOf(name, option);
    const edit = edits.get(field) ?? { add: [], remove: [] };
    edits.set(field, edit);
    edit[option.edits].push(...((await valueOf(name, option, raw, lookups)) as unknown[]));
  }
  return new Map(
    [...edits].map(([field, { add, remove }]) => [
      field,
      (list) => [...list.filter((one) => !remove.includes(one)), ...add.filter((one) => !list.includes(one))],
    ]),
  );
}

type Raw = NonNullable<Asked['options'][string]>;

async function valueOf(name: string, option: NounOption, raw: Raw, lookups: Lookups): Promise<unknown> {
  const { kind = 'text', none, choices } = option;
  const text = String([raw].flat().at(-1));
  if (none !== undefined && text === none) return null;
  const one = READ[kind];
  if (one) return text === '' ? null : one(`--${name}`, text, choices);
  if (kind === 'flag') return raw === true;
  if (kind === 'secret') return text === '-' ? lookups.secret(name) : text;
  if (kind === 'structure') return text === '' ? null : lookups.structure(text);
  if (kind === 'block') return text === '' ? null : lookups.block(text);
  const texts = [raw]
    .flat()
    .flatMap((part) => String(part).split(','))
    .filter((part) => part !== '');
  if (kind === 'texts') return texts;
  if (kind === 'integers') return texts.map((part) => integerIn(`--${name}`, part));
  const ids: number[] = [];
  for (const part of texts) ids.push(await lookups.structure(part));
  return ids;
}

type Reader = (name: string, text: string, choices?: readonly string[]) => unknown;

const READ: Readonly<Partial<Record<OptionKind, Reader>>> = {
  text: (_, text) => text,
  integer: integerIn,
  'yes-no': (name, text) => {
    if (['yes', 'true', 'on', '1'].includes(text)) return true;
    if (['no', 'false', 'off', '0'].includes(text)) return false;
    throw new Misuse(`${name}: "${text}" is neither yes nor no`);
  },
  json: (name, text) => jsonIn(name, text),
};

/** A whole number; as text where it is too large to be exact. @throws Misuse */
export function integerIn(name: string, text: string): number | string {
  if (!/^-?\d+$/.test(text)) throw new Misuse(`${name}: "${text}" is no whole number`);
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** @throws Misuse where it is no JSON */
export function jsonIn(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Misuse(`${name}: no JSON: ${(error as Error).message}`);
  }
}
