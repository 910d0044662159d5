import type { Json, JsonMap } from '#kernel';

/** What a value of the API is. References hold the path of the model they point to. */
export type ValueType =
  /** `open`: the choices are shown, and others are taken too; whoever gets them says which. */
  | { readonly kind: 'String'; readonly length?: number; readonly choices?: readonly string[]; readonly open?: true }
  /** `wide`: of any size. Inside it is decimal text; it is sent as a number where that is exact, else as text. */
  | { readonly kind: 'Integer'; readonly wide?: true }
  | { readonly kind: 'Float' | 'Boolean' | 'DateTime' | 'Map' }
  | { readonly kind: 'Model'; readonly model: string };

/**
 * A parameter of an action or filter. Inside, references are ids (names or numbers), times are ISO text. `T` is the type
 * of its value where a handler gets it.
 */
export interface Parameter<T = unknown> {
  readonly type: ValueType;
  readonly list?: boolean;
  /** Used where the caller leaves it out; without one it is required. */
  readonly default?: Json;
  readonly doc?: string;
  /** What a map is made of, as JSON Schema, where that is known. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Never set: carries the type of the value. */
  readonly valueType?: { readonly of: T };
}

/** Read and write; read, and write when created; read only. */
export type Mode = 'RW' | 'RC' | 'RO';

/** A protocol of the API. */
export type Protocol = 'cinp' | 'rest';

/** A field of a model. */
export interface Field<T = unknown, M extends Mode = Mode> extends Parameter<T> {
  readonly mode: M;
  /** May not be null (or empty, where it is text). */
  readonly required: boolean;
  /** The field that does instead: where that has a value, this one may be null although it is required. */
  readonly orElse?: string;
  /** The value when it is left out at creation; null unless said otherwise. */
  readonly default?: Json;
  /** Sent as the text old clients parse, not as typed JSON: CInP only (`"True"`, `"254"`, `"['VM']"`). */
  readonly asText?: boolean;
  /** The protocols it is shown on; those of its model unless said otherwise. */
  readonly protocols?: readonly Protocol[];
  /** The permission it takes to see its value; others who see the object are shown a mask. Everybody unless said otherwise. */
  readonly shownTo?: { readonly grant: string };
}

/** Declared fields or parameters, by name. */
export type Fields = Readonly<Record<string, Field>>;
export type Parameters = Readonly<Record<string, Parameter>>;

/** The value of a field or parameter. */
export type ValueOf<P> = P extends { readonly valueType?: { readonly of: infer T } } ? T : unknown;

/** The values of parameters. */
export type ValuesOf<P extends Parameters> = { readonly [N in keyof P]: ValueOf<P[N]> };

type ModeOf<F> = F extends Field<unknown, infer M> ? M : Mode;

/** The values a new object is made of: every field that is not read-only, with its default where it was left out. */
export type NewValues<F extends Fields> = {
  readonly [N in keyof F as ModeOf<F[N]> extends 'RO' ? never : N]: ValueOf<F[N]>;
};

/** The values an object is changed by: those fields that are given. */
export type ChangedValues<F extends Fields> = {
  readonly [N in keyof F as ModeOf<F[N]> extends 'RW' ? N : never]?: ValueOf<F[N]>;
};

type Options = Partial<Omit<Field, 'type' | 'valueType'>>;

/** The value of a field with these options: a list, or null unless it is required. */
type Typed<T, O> = O extends { readonly list: true }
  ? readonly T[]
  : O extends { readonly required: true }
    ? T
    : T | null;

type FieldOf<T, O> = Field<Typed<T, O>, O extends { readonly mode: infer M extends Mode } ? M : 'RW'>;

const field = <T, O>(type: ValueType, options: O & Options): FieldOf<T, O> =>
  ({ mode: 'RW', required: false, ...options, type }) as unknown as FieldOf<T, O>;

type TextOptions = Options & { readonly choices?: readonly string[] };
type TextOf<O> = O extends { readonly choices: readonly (infer C extends string)[] } ? C : string;

/** Text of at most `length` characters. */
export const text = <const O extends TextOptions = object>(length?: number, options?: O): FieldOf<TextOf<O>, O> => {
  const { choices, ...rest } = { ...options } as TextOptions;
  const type = {
    kind: 'String',
    ...(length === undefined ? {} : { length }),
    ...(choices ? { choices } : {}),
  } as const;
  return field<TextOf<O>, O>(type, rest as O);
};
export const integer = <const O extends Options = object>(options?: O): FieldOf<number, O> =>
  field<number, O>({ kind: 'Integer' }, { ...options } as O);
/** A whole number of any size, such as an offset in an IPv6 subnet; inside it is decimal text (`'18446744073709551614'`). */
export const wideInteger = <const O extends Options = object>(options?: O): FieldOf<string, O> =>
  field<string, O>({ kind: 'Integer', wide: true }, { ...options } as O);
export const boolean = <const O extends Options = object>(options?: O): FieldOf<boolean, O> =>
  field<boolean, O>({ kind: 'Boolean' }, { ...options } as O);
/** A moment, ISO 8601 with microseconds and offset. */
export const dateTime = <const O extends Options = object>(options?: O): FieldOf<string, O> =>
  field<string, O>({ kind: 'DateTime' }, { ...options } as O);
/** Any JSON object. */
export const map = <const O extends Options = object>(options?: O): FieldOf<JsonMap, O> =>
  field<JsonMap, O>({ kind: 'Map' }, { ...options } as O);
/** A reference to an object of the model with this path (`Site/Site`), whose ids are names. */
export const reference = <const O extends Options = object>(model: string, options?: O): FieldOf<string, O> =>
  field<string, O>({ kind: 'Model', model }, { ...options } as O);
/** A reference to an object of a model whose ids are numbers (`Directory/Zone`). */
export const numberReference = <const O extends Options = object>(model: string, options?: O): FieldOf<number, O> =>
  field<number, O>({ kind: 'Model', model }, { ...options } as O);

type ParameterOptions = Pick<Parameter, 'default' | 'doc' | 'list'>;
type Argument<T, O> = Parameter<O extends { readonly list: true } ? readonly T[] : T | null>;

/** Declares parameters of actions and filters; an argument may be null. */
export const parameter = {
  text: <const O extends ParameterOptions = object>(options?: O): Argument<string, O> => ({
    ...options,
    type: { kind: 'String' },
  }),
  /** A text for which some values are shown to choose from, and others are taken too. */
  suggested: <const O extends ParameterOptions = object>(
    choices: readonly string[],
    options?: O,
  ): Argument<string, O> => ({ ...options, type: { kind: 'String', choices, open: true } }),
  integer: <const O extends ParameterOptions = object>(options?: O): Argument<number, O> => ({
    ...options,
    type: { kind: 'Integer' },
  }),
  boolean: <const O extends ParameterOptions = object>(options?: O): Argument<boolean, O> => ({
    ...options,
    type: { kind: 'Boolean' },
  }),
  map: <const O extends ParameterOptions = object>(options?: O): Argument<JsonMap, O> => ({
    ...options,
    type: { kind: 'Map' },
  }),
  reference: <const O extends ParameterOptions = object>(model: string, options?: O): Argument<string, O> => ({
    ...options,
    type: { kind: 'Model', model },
  }),
} as const;
