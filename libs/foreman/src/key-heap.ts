interface Entry<K> {
  readonly key: K;
  order: number;
  /** Breaks ties: what was put in first comes first. */
  turn: number;
  index: number;
}

/** Keys in the order of a number, each once: the first one is at hand, any can be moved or taken out, in logarithmic time. */
export class KeyHeap<K> {
  readonly #entries = new Map<K, Entry<K>>();
  readonly #heap: Entry<K>[] = [];
  #turns = 0;

  get size(): number {
    return this.#heap.length;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** The number of a key; undefined where it is not there. */
  orderOf(key: K): number | undefined {
    return this.#entries.get(key)?.order;
  }

  /** The first key, with its number. */
  get first(): { readonly key: K; readonly order: number } | undefined {
    return this.#heap[0];
  }

  /** Puts a key in, or moves it. */
  set(key: K, order: number): void {
    const turn = (this.#turns += 1);
    const known = this.#entries.get(key);
    if (known) {
      known.order = order;
      known.turn = turn;
      this.#down(this.#up(known));
      return;
    }
    const entry = { key, order, turn, index: this.#heap.length };
    this.#entries.set(key, entry);
    this.#heap.push(entry);
    this.#up(entry);
  }

  /** @returns whether it was there */
  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#entries.delete(key);
    const last = this.#heap.pop()!;
    if (last === entry) return true;
    last.index = entry.index;
    this.#heap[last.index] = last;
    this.#down(this.#up(last));
    return true;
  }

  /** Takes out the first key. */
  shift(): K | undefined {
    const first = this.#heap[0];
    if (first) this.delete(first.key);
    return first?.key;
  }

  clear(): void {
    this.#entries.clear();
    this.#heap.length = 0;
  }

  #up(entry: Entry<K>): Entry<K> {
    for (;;) {
      const above = this.#heap[(entry.index - 1) >> 1];
      if (entry.index === 0 || !above || !isBefore(entry, above)) return entry;
      this.#swap(entry, above);
    }
  }

  #down(entry: Entry<K>): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      const below = left && right && isBefore(right, left) ? right : left;
      if (!below || !isBefore(below, entry)) return;
      this.#swap(below, entry);
    }
  }

  #swap(one: Entry<K>, other: Entry<K>): void {
    const { index } = one;
    one.index = other.index;
    other.index = index;
    this.#heap[one.index] = one;
    this.#heap[other.index] = other;
  }
}

const isBefore = <K>(one: Entry<K>, other: Entry<K>): boolean =>
  one.order < other.order || (one.order === other.order && one.turn < other.turn);
