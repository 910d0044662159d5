import type { Json } from '#kernel';
import { objectOf, pairsOf, writeJson } from '#kernel';
import type { ConfigFault } from './layer.ts';
import type { MergedConfiguration } from './merged-configuration.ts';
import { MOMENT } from './moment.ts';

/** How much the configurations in memory may take, in characters of JSON. */
const MAX_LENGTH = 32 * 1024 * 1024;

interface Kept {
  readonly parts: readonly unknown[];
  readonly configuration: MergedConfiguration['configuration'];
  /** Its values in their order, where JavaScript has them in another (keys like `10`). */
  readonly pairs: readonly (readonly [string, Json])[] | undefined;
  readonly faults: readonly ConfigFault[];
  readonly length: number;
}

/**
 * Configurations as they were rendered last, with what they were made of. They are given again as long as every part is
 * the very same (rows never change, a row that changed is another one), with the moment they are asked at; those in which
 * a template told the moment are made anew each time.
 */
export class ConfigurationCache {
  readonly #maxLength: number;
  readonly #kept = new Map<string, Kept>();
  #length = 0;

  /** @param maxLength what is in memory may take, in characters of JSON */
  constructor(maxLength = MAX_LENGTH) {
    this.#maxLength = maxLength;
  }

  /** Characters of JSON that are in memory. */
  get length(): number {
    return this.#length;
  }

  /** @param parts all that the configuration depends on, but for the moment */
  async of(
    key: string,
    { parts, now }: { readonly parts: readonly unknown[]; readonly now: string },
    make: () => Promise<MergedConfiguration>,
  ): Promise<MergedConfiguration> {
    const kept = this.#kept.get(key);
    if (kept && isSame(kept.parts, parts)) {
      // The one that was asked for last goes last.
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return { configuration: at(kept, now), faults: kept.faults };
    }
    const made = await make();
    this.#drop(key);
    if (made.tellsMoment === true) return made;
    const { configuration, faults } = made;
    const length = writeJson(configuration).length;
    if (length > this.#maxLength) return made;
    const pairs = pairsOf(configuration);
    const keys = Object.keys({ ...configuration });
    const isInOrder = pairs.every(([name], n) => name === keys[n]);
    this.#kept.set(key, { parts, configuration, pairs: isInOrder ? undefined : pairs, faults, length });
    this.#length += length;
    for (const [oldest] of this.#kept) {
      if (this.#length <= this.#maxLength) break;
      this.#drop(oldest);
    }
    return made;
  }

  #drop(key: string): void {
    this.#length -= this.#kept.get(key)?.length ?? 0;
    this.#kept.delete(key);
  }
}

/** A configuration as it is at a moment. */
const at = ({ configuration, pairs }: Kept, now: string): MergedConfiguration['configuration'] =>
  pairs
    ? objectOf(pairs.map((pair) => (pair[0] === MOMENT ? ([MOMENT, now] as const) : pair)))
    : { ...configuration, [MOMENT]: now };

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((part, n) => part === other[n]);
