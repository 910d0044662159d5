import type { Key } from './read-model.ts';

/** How many keys a block holds, at most; a full one is split. */
const MAX_BLOCK = 512;

/**
 * Keys in their order, found by their place: numbers by value, texts by code point, as the tables sort them. They stand
 * in blocks, so that one more or less moves few of them, and a place is found by counting blocks.
 */
export class OrderedKeys {
  readonly #blocks: Key[][] = [];
  #length = 0;

  /** @param keys in their order, each once */
  constructor(keys: readonly Key[] = []) {
    this.append(keys);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds keys behind all others, in their order. */
  append(keys: readonly Key[]): void {
    for (let from = 0; from < keys.length; from += MAX_BLOCK / 2) {
      this.#blocks.push(keys.slice(from, from + MAX_BLOCK / 2));
    }
    this.#length += keys.length;
  }

  /** Adds a key. @returns false where it is there already */
  add(key: Key): boolean {
    const n = this.#blockOf(key);
    const block = this.#blocks[n];
    if (!block) {
      this.append([key]);
      return true;
    }
    const place = placeIn(block, key);
    if (block[place] === key) return false;
    block.splice(place, 0, key);
    this.#length += 1;
    if (block.length > MAX_BLOCK) this.#blocks.splice(n + 1, 0, block.splice(MAX_BLOCK / 2));
    return true;
  }

  /** Removes a key. @returns false where it is not there */
  delete(key: Key): boolean {
    const n = this.#blockOf(key);
    const block = this.#blocks[n];
    const place = block ? placeIn(block, key) : 0;
    if (block?.[place] !== key) return false;
    block.splice(place, 1);
    this.#length -= 1;
    if (block.length === 0) this.#blocks.splice(n, 1);
    return true;
  }

  /** The keys from one place to another, the latter left out. */
  slice(from: number, to = this.#length): Key[] {
    const found: Key[] = [];
    let begin = 0;
    for (const block of this.#blocks) {
      if (begin >= to) break;
      const end = begin + block.length;
      if (end > from) found.push(...block.slice(Math.max(0, from - begin), to - begin));
      begin = end;
    }
    return found;
  }

  /** The block a key stands in, or would: the last one that does not begin behind it. */
  #blockOf(key: Key): number {
    let from = 0;
    let to = this.#blocks.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compareKeys(this.#blocks[middle]?.[0] as Key, key) <= 0) from = middle + 1;
      else to = middle;
    }
    return Math.max(0, from - 1);
  }
}

/** The place of the first key that does not come before a key. */
function placeIn(block: readonly Key[], key: Key): number {
  let from = 0;
  let to = block.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compareKeys(block[middle] as Key, key) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The order of keys: numbers by value, texts by code point (JavaScript's own is by UTF-16 unit). */
export function compareKeys(one: Key, other: Key): number {
  if (one === other) return 0;
  if (typeof one === 'number' || typeof other === 'number') return Number(one) - Number(other);
  const length = Math.min(one.length, other.length);
  for (let n = 0; n < length; n += 1) {
    const a = one.charCodeAt(n);
    const b = other.charCodeAt(n);
    if (a !== b) return a >= SURROGATES && b >= SURROGATES ? rank(a) - rank(b) : a - b;
  }
  return one.length - other.length;
}

const SURROGATES = 0xd800;
const BEHIND_SURROGATES = 0xe000;

/** Halves of pairs stand for code points behind all that one unit can hold. */
const rank = (unit: number): number => (unit < BEHIND_SURROGATES ? unit + BEHIND_SURROGATES : unit);
