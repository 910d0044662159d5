/** What an answer is made of, written once: it types the code that answers, and describes the answer to clients. */
export interface Shape<T = unknown> {
  /** JSON Schema, of the dialect OpenAPI 3.1 speaks. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Never set: carries the type of the value. */
  readonly valueType?: { readonly of: T };
}

/** The type of the values of a shape. */
export type Shaped<S> = S extends { readonly valueType?: { readonly of: infer T } } ? T : never;

type Shapes = Readonly<Record<string, Shape>>;
type Whole<F extends Shapes> = { readonly [N in keyof F]: Shaped<F[N]> };

const described = <T>(schema: Readonly<Record<string, unknown>>, doc?: string): Shape<T> => ({
  schema: { ...schema, ...(doc === undefined ? {} : { description: doc }) },
});

/** Declares shapes. */
export const shape = {
  text: (doc?: string) => described<string>({ type: 'string' }, doc),
  textOrNull: (doc?: string) => described<string | null>({ type: ['string', 'null'] }, doc),
  /** A whole number from 0. */
  count: (doc?: string) => described<number>({ type: 'integer', minimum: 0 }, doc),
  flag: (doc?: string) => described<boolean>({ type: 'boolean' }, doc),
  list: <S extends Shape>(of: S, doc?: string) =>
    described<readonly Shaped<S>[]>({ type: 'array', items: of.schema }, doc),
  orNull: <S extends Shape>(of: S, doc?: string) =>
    described<Shaped<S> | null>({ anyOf: [of.schema, { type: 'null' }] }, doc),
  /** Values of one shape by keys that are not known before. */
  byKey: <S extends Shape>(of: S, doc?: string) =>
    described<Readonly<Record<string, Shaped<S>>>>({ type: 'object', additionalProperties: of.schema }, doc),
  /** Values by name, all of them there. */
  record: <const F extends Shapes>(of: F, doc?: string) =>
    described<Whole<F>>(
      {
        type: 'object',
        properties: Object.fromEntries(Object.entries(of).map(([name, { schema }]) => [name, schema])),
        required: Object.keys(of),
        additionalProperties: false,
      },
      doc,
    ),
} as const;

/** What an action returns that answers with a map of this shape. */
export const shaped = ({ schema }: Shape) => ({ type: { kind: 'Map' }, schema }) as const;
