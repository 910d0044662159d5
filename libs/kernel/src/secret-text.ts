import { IntegralFloat } from './integral-float.ts';
import { formsOf } from './secret-forms.ts';
import { MASK } from './secret.ts';

/**
 * The text of a secret in the hands of who has to use it. However it is printed, logged or written as JSON, it shows
 * `********`; only `reveal` gives the text.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself: for the call that needs it, never for a message. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  /** What `console.log` and `util.inspect` of Node show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}

/** Texts shorter than this are not looked for in what is reported: they would be found by chance. */
const MIN_SEARCHED = 4;

/**
 * A copy in which the given secret texts are masked wherever they stand, also inside of longer texts and in keys, as they are
 * and encoded ({@link formsOf}).
 */
export function maskTexts<T>(value: T, texts: readonly string[]): T {
  const wanted = texts
    .filter(({ length }) => length >= MIN_SEARCHED)
    .flatMap(formsOf)
    .sort((one, other) => other.length - one.length);
  return wanted.length === 0 ? value : (masked(value, wanted) as T);
}

function masked(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((whole, text) => whole.replaceAll(text, MASK), value);
  if (Array.isArray(value)) return value.map((inner) => masked(inner, texts));
  if (value === null || typeof value !== 'object' || value instanceof Secret || IntegralFloat.is(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [masked(key, texts), masked(inner, texts)]));
}
