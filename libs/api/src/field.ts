import type { Json } from '#kernel';

/** What a value of the API is. References hold the path of the model they point to. */
export type ValueType =
  | { readonly kind: 'String'; readonly length?: number; readonly choices?: readonly string[] }
  | { readonly kind: 'Integer' | 'Float' | 'Boolean' | 'DateTime' | 'Map' }
  | { readonly kind: 'Model'; readonly model: string };

/** A parameter of an action or filter. Inside, references are ids (names or numbers), times are ISO text. */
export interface Parameter {
  readonly type: ValueType;
  readonly list?: boolean;
  /** Used where the caller leaves it out; without one it is required. */
  readonly default?: Json;
  readonly doc?: string;
}

/** A field of a model. */
export interface Field extends Parameter {
  /** Read and write; read, and write when created; read only. */
  readonly mode: 'RW' | 'RC' | 'RO';
  /** May not be null (or empty, where it is text). */
  readonly required: boolean;
  /** The value when it is left out at creation; null unless said otherwise. */
  readonly default?: Json;
  /** Sent as the text old clients parse, not as typed JSON: CInP only (`"True"`, `"254"`, `"['VM']"`). */
  readonly asText?: boolean;
}

type Rest<T> = Omit<T, 'type'>;
type Options = Partial<Rest<Field>>;

const field = (type: ValueType, options: Options): Field => ({ mode: 'RW', required: false, ...options, type });

/** Text of at most `length` characters. */
export const text = (length?: number, options: Options & { readonly choices?: readonly string[] } = {}): Field => {
  const { choices, ...rest } = options;
  return field({ kind: 'String', ...(length === undefined ? {} : { length }), ...(choices ? { choices } : {}) }, rest);
};
export const integer = (options: Options = {}): Field => field({ kind: 'Integer' }, options);
export const boolean = (options: Options = {}): Field => field({ kind: 'Boolean' }, options);
/** A moment, ISO 8601 with microseconds and offset. */
export const dateTime = (options: Options = {}): Field => field({ kind: 'DateTime' }, options);
/** Any JSON object. */
export const map = (options: Options = {}): Field => field({ kind: 'Map' }, options);
/** A reference to an object of the model with this path (`Site/Site`). */
export const reference = (model: string, options: Options = {}): Field => field({ kind: 'Model', model }, options);
