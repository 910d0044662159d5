import type { Json } from '#kernel';
import { objectOf } from '#kernel';

const TOKEN =
  /\s*(?:([[\]{},:])|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(True|False|None))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/**
 * Reads a map, list, text or number as Python writes it (`{'a': [1, True, None]}`), which is how the first Contractor sends
 * some maps. @returns undefined where it is none
 */
export function readPythonLiteral(text: string): Json | undefined {
  const reading = new Reading(text);
  try {
    const value = reading.value();
    return reading.atEnd ? value : undefined;
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

class NotLiteral extends Error {}

class Reading {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#text.slice(this.#at).trim() === '';
  }

  value(): Json {
    const { mark, value } = this.#next();
    if (mark === undefined) return value as Json;
    if (mark === '[') return this.#until(']', () => this.value());
    if (mark !== '{') throw new NotLiteral(mark);
    return objectOf(
      this.#until('}', () => {
        const key = this.#next();
        if (key.mark !== undefined || this.#next().mark !== ':') throw new NotLiteral('a key');
        return [String(key.value), this.value()] as const;
      }),
    );
  }

  #until<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    for (;;) {
      const before = this.#at;
      if (this.#next().mark === end) return items;
      this.#at = before;
      items.push(item());
      const { mark } = this.#next();
      if (mark === end) return items;
      if (mark !== ',') throw new NotLiteral('a list');
    }
  }

  #next(): { readonly mark?: string; readonly value?: string | number | boolean | null } {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.#text);
    if (!found) throw new NotLiteral(`at ${this.#at}`);
    this.#at = TOKEN.lastIndex;
    const [, mark, single, double, number, word] = found;
    if (mark !== undefined) return { mark };
    if (number !== undefined) return { value: Number(number) };
    if (word !== undefined) return { value: word === 'None' ? null : word === 'True' };
    return { value: (single ?? double ?? '').replaceAll(/\\(.)/g, (_, one: string) => ESCAPES[one] ?? one) };
  }
}
