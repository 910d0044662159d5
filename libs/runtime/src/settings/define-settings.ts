import { BadSetting, BadSettings } from './bad-setting.ts';
import type { Parser } from './parsers.ts';
import { InvalidValue } from './parsers.ts';

/** Where the texts of settings come from, by name. An empty text counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What holds where a setting is not set: a text that is read like any other, words about it, or a rule it breaks. */
type Unset = { readonly default: string } | { readonly unset: string } | { readonly required: string };

/** One setting: what it is called, how it is read, and what it means. */
export interface Setting<T> {
  readonly name: string;
  readonly parser: Parser<T>;
  readonly about: Unset & { readonly doc: string };
  /** Never there; carries the type of what is read. */
  readonly value?: T;
}

interface Documented {
  /** What it means, as a part of a sentence, in Markdown. */
  readonly doc: string;
}

/** A setting with a default, written as in the environment. */
export function setting<T>(
  name: string,
  parser: Parser<T>,
  about: Documented & { readonly default: string },
): Setting<T>;
/** A setting without which the program does not start; `required` is the rule. */
export function setting<T>(
  name: string,
  parser: Parser<T>,
  about: Documented & { readonly required: string },
): Setting<T>;
/** A setting that may be left out; `unset` says in words, in Markdown, what holds then. */
export function setting<T>(
  name: string,
  parser: Parser<T>,
  about: Documented & { readonly unset: string },
): Setting<T | undefined>;
export function setting<T>(name: string, parser: Parser<T>, about: Setting<T>['about']): Setting<T> {
  return { name, parser, about };
}

type Fields = Readonly<Record<string, Setting<unknown>>>;
type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Setting<infer T> ? T : never };

/** The settings of one module. */
export interface SettingsTable<T = unknown> {
  readonly name: string;
  /** The token by which Nest injects the values. */
  readonly KEY: string;
  readonly settings: readonly Setting<unknown>[];
  /** @throws BadSettings naming each setting that cannot be used */
  read(env: Environment): T;
}

/** What a table is read as. */
export type SettingsOf<T> = T extends SettingsTable<infer V> ? V : never;

/** Called where settings that are good alone do not go together. */
export type Refuse = (name: string, value: string | undefined, rule: string) => void;

/** The settings of one module, as they are. */
export function defineSettings<F extends Fields>(name: string, fields: F): SettingsTable<ValuesOf<F>>;
/** The settings of one module, with what is made of them once each is good. */
export function defineSettings<F extends Fields, T>(
  name: string,
  fields: F,
  finish: (values: ValuesOf<F>, refuse: Refuse) => T,
): SettingsTable<T>;
export function defineSettings<F extends Fields>(
  name: string,
  fields: F,
  finish: (values: ValuesOf<F>, refuse: Refuse) => unknown = (values) => values,
): SettingsTable {
  return {
    name,
    KEY: `CONFIGURATION(${name})`,
    settings: Object.values(fields),
    read: (env) => {
      const faults: BadSetting[] = [];
      const values = Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, valueOf(one, env, faults)]));
      const refuse: Refuse = (setting, value, rule) => void faults.push(new BadSetting(setting, value, rule));
      const settings = faults.length === 0 ? finish(values as ValuesOf<F>, refuse) : undefined;
      if (faults.length > 0) throw new BadSettings(faults);
      return settings;
    },
  };
}

function valueOf({ name, parser, about }: Setting<unknown>, env: Environment, faults: BadSetting[]): unknown {
  const given = env[name] === '' ? undefined : env[name];
  const text = given ?? ('default' in about ? about.default : undefined);
  if (text === undefined) {
    if ('required' in about) faults.push(new BadSetting(name, undefined, about.required));
    return undefined;
  }
  try {
    return parser.read(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    faults.push(new BadSetting(name, parser.secret ? '…' : text, error.message));
    return undefined;
  }
}
