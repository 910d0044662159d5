import type { Json, JsonMap, SecretReference } from '#kernel';
import { IntegralFloat, isSecretReference, looksLikeReference, numberIn, Secret, writeJson } from '#kernel';

/** A secret as a server half holds it: a reference, text with references in it, or plain text of a script. */
export type SealedText = string | SecretReference | { readonly $text: readonly (string | SecretReference)[] };

/**
 * What a value looks like, declared once: the run-time check and the TypeScript types of both halves come from it.
 * `Server` is what a server half sends or is given, `Agent` what an agent half is given; they differ for secrets only.
 */
export interface Shape<Server = unknown, Agent = Server> {
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'secret' | 'json';
  /** What it is, as messages say it: `an integer from 1 to 65535`. */
  readonly words: string;
  /** What is wrong with a value, beginning with its path (`vm.cpu must be …`); undefined: it fits. */
  readonly fault: (value: unknown, path: string) => string | undefined;
  /** The value as the agent half is given it; asked only of values that fit. */
  readonly open: (value: unknown) => Agent;
  /** The value as the server half takes it from the agent: numbers of a known shape are plain; asked only of what fits. */
  readonly take?: (value: unknown) => unknown;
  /** Never set: carries the types. */
  readonly types?: { readonly server: Server; readonly agent: Agent };
}

/** Named shapes: the parameters of a task, or the fields of its result. */
export type Fields = Readonly<Record<string, Shape>>;

export type ServerType<S> = S extends Shape<infer Server, unknown> ? Server : never;
export type AgentType<S> = S extends Shape<unknown, infer Agent> ? Agent : never;

type OptionalKeys<F> = { [K in keyof F]: F[K] extends { readonly optional: true } ? K : never }[keyof F];
type RequiredKeys<F> = Exclude<keyof F, OptionalKeys<F>>;
/** The values of named shapes as a server half has them. */
export type ServerValues<F> = { readonly [K in RequiredKeys<F>]: ServerType<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: ServerType<F[K]>;
};
/** The values of named shapes as an agent half has them. */
export type AgentValues<F> = { readonly [K in RequiredKeys<F>]: AgentType<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: AgentType<F[K]>;
};

/** At most this many characters of a value are shown in a message. */
const MAX_SHOWN = 80;

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value instanceof Secret || isSealed(value)) return 'a secret';
  if (looksLikeReference(value)) return 'a value with secrets';
  const text = (writeJson(value) as string | undefined) ?? typeof value;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function shape<Server, Agent = Server>(
  kind: Shape['kind'],
  words: string,
  fits: (value: unknown) => boolean,
): Shape<Server, Agent> {
  const fault = (value: unknown, path: string) =>
    fits(value) ? undefined : `${path} must be ${words}, and is ${shown(value)}`;
  return { kind, words, fault, open: (value) => value as Agent };
}

/** A shape of numbers: `5.0` is one as `5` is, and both halves are given plain numbers. */
const numeric = (
  kind: 'integer' | 'number',
  words: string,
  fits: (value: unknown) => boolean,
): Shape<number> & { readonly take: (value: unknown) => number } => {
  const plain = (value: unknown): unknown => numberIn(value) ?? value;
  const { fault } = shape<number>(kind, words, (value) => fits(plain(value)));
  return { kind, words, fault, open: (value) => plain(value) as number, take: (value) => plain(value) as number };
};

interface Range {
  readonly min?: number;
  readonly max?: number;
}

const rangeWords = ({ min, max }: Range): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min !== undefined ? ` of at least ${min}` : max !== undefined ? ` of at most ${max}` : '';
};
const within = (value: number, { min = -Infinity, max = Infinity }: Range): boolean => value >= min && value <= max;

/** Any text. */
export const text = (): Shape<string> => shape('text', 'text', (value) => typeof value === 'string');

/** A whole number, both ends of the range included. */
export const integer = (range: Range = {}): Shape<number> =>
  numeric(
    'integer',
    `an integer${rangeWords(range)}`,
    (value) => Number.isSafeInteger(value) && within(value as number, range),
  );

/** A finite number, both ends of the range included. */
export const number = (range: Range = {}): Shape<number> =>
  numeric(
    'number',
    `a number${rangeWords(range)}`,
    (value) => Number.isFinite(value) && within(value as number, range),
  );

/** True or false. */
export const boolean = (): Shape<boolean> => shape('boolean', 'true or false', (value) => typeof value === 'boolean');

/** One of a few texts. */
export const choice = <const C extends readonly string[]>(...choices: C): Shape<C[number]> =>
  shape('choice', `one of ${choices.map((one) => `"${one}"`).join(', ')}`, (value) =>
    choices.includes(value as string),
  );

/**
 * Text that nobody may read: a reference in the log and the read models, resolved when the task is sent, and a
 * {@link Secret} in the agent half.
 */
export const secret = (): Shape<SealedText, Secret> => ({
  kind: 'secret',
  words: 'a secret or text',
  fault: (value, path) =>
    typeof value === 'string' || value instanceof Secret || isSealed(value)
      ? undefined
      : `${path} must be a secret or text`,
  open: (value) => (value instanceof Secret ? value : new Secret(String(value))),
});

/** Credentials as a server half has them: a user name with a password, or the path of an entry in the agent's vault. */
export type SealedCredentials = string | { readonly username: string; readonly password: SealedText };

/** Credentials, for `context.credentials` of the agent half: a map of `username` and `password`, or a path in its vault. */
export const credentials = (): Shape<SealedCredentials, string | Readonly<Record<string, string | Secret>>> => {
  const known = record({ username: text(), password: secret() });
  return {
    kind: 'json',
    words: 'a map of username, password, or the path of an entry in the vault of the agent',
    fault: (value, path) => (typeof value === 'string' ? undefined : known.fault(value, path)),
    open: (value) => (typeof value === 'string' ? value : known.open(value)),
  };
};

const isSealed = (value: unknown): boolean =>
  isSecretReference(value) ||
  (typeof value === 'object' && value !== null && Array.isArray((value as { $text?: unknown }).$text));

/** Any JSON at all. */
export const json = (): Shape<Json> => shape('json', 'JSON', (value) => value !== undefined);

/** A list, all of whose items have one shape. */
export const list = <S, A>(item: Shape<S, A>): Shape<readonly S[], readonly A[]> => ({
  kind: 'json',
  words: `a list, each item ${item.words}`,
  fault: (value, path) =>
    Array.isArray(value)
      ? first(value.map((one, index) => () => item.fault(one, `${path}[${index}]`)))
      : `${path} must be a list, and is ${shown(value)}`,
  open: (value) => (value as unknown[]).map((one) => item.open(one)),
  take: (value) => (value as unknown[]).map((one) => takeOne(item, one)),
});

/** A map with any keys, all of whose values have one shape. */
export const mapOf = <S, A>(item: Shape<S, A>): Shape<Readonly<Record<string, S>>, Readonly<Record<string, A>>> => ({
  kind: 'json',
  words: `a map, each value ${item.words}`,
  fault: (value, path) =>
    isMap(value)
      ? first(
          Object.entries(value).map(
            ([key, one]) =>
              () =>
                item.fault(one, `${path}.${key}`),
          ),
        )
      : `${path} must be a map, and is ${shown(value)}`,
  open: (value) => Object.fromEntries(Object.entries(value as JsonMap).map(([key, one]) => [key, item.open(one)])),
  take: (value) => Object.fromEntries(Object.entries(value as JsonMap).map(([key, one]) => [key, takeOne(item, one)])),
});

/** A map with the given keys; others may be there and are not looked at. */
export const record = <const F extends Fields>(fields: F): Shape<ServerValues<F>, AgentValues<F>> => ({
  kind: 'json',
  words: `a map of ${Object.keys(fields).join(', ')}`,
  fault: (value, path) =>
    isMap(value) ? faultOf(fields, value, `${path}.`) : `${path} must be a map, and is ${shown(value)}`,
  open: (value) => opened(fields, value as Readonly<Record<string, unknown>>),
  take: (value) => taken(fields, value as Readonly<Record<string, unknown>>),
});

/** A map with the given keys and no others: for what people write, where a key that is not known is a mistake. */
export const exactRecord = <const F extends Fields>(fields: F): Shape<ServerValues<F>, AgentValues<F>> => {
  const its = record(fields);
  const unknown = (value: object, path: string): string | undefined => {
    const key = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    return key && `${path}.${key.slice(0, MAX_SHOWN)} is not known: there are ${Object.keys(fields).join(', ')}`;
  };
  return { ...its, fault: (value, path) => (isMap(value) && unknown(value, path)) || its.fault(value, path) };
};

/** The same, and it may be left out. */
export const optional = <S, A>(of: Shape<S, A>): Shape<S, A> & { readonly optional: true } => ({
  ...of,
  optional: true,
  fault: (value, path) => (value === undefined ? undefined : of.fault(value, path)),
});

/** The same, and it may be null. */
export const nullable = <S, A>(of: Shape<S, A>): Shape<S | null, A | null> & { readonly nullable: true } => ({
  kind: of.kind,
  nullable: true,
  words: `${of.words}, or null`,
  fault: (value, path) => (value === null ? undefined : of.fault(value, path)),
  open: (value) => (value === null ? null : of.open(value)),
  take: (value) => (value === null ? null : takeOne(of, value)),
});

/** What is wrong with the first of some named values that does not fit; undefined: all fit. */
export const faultOf = (fields: Fields, values: Readonly<Record<string, unknown>>, path = ''): string | undefined =>
  first(
    Object.entries(fields).map(
      ([name, its]) =>
        () =>
          its.fault(Object.hasOwn(values, name) ? values[name] : undefined, `${path}${name}`),
    ),
  );

/** Named values as the agent half is given them; those without a shape are left out. */
export const opened = <F extends Fields>(fields: F, values: Readonly<Record<string, unknown>>): AgentValues<F> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => values[name] !== undefined)
      .map(([name, its]) => [name, its.open(values[name])]),
  ) as AgentValues<F>;

/** Named values as the server half takes them from the agent; those without a shape stay as they are. */
export const taken = (fields: Fields, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const its = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, its && value !== undefined ? takeOne(its, value) : value];
    }),
  );

const takeOne = (its: Shape, value: unknown): unknown => its.take?.(value) ?? value;

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const fault = check();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether a value is a map, as JSON has them. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);
