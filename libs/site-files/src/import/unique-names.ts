import { nameFrom } from './converted.ts';

/** Names of at most so many characters for things that have other ones: no two things are called the same. */
export class UniqueNames {
  readonly #most: number;
  readonly #names = new Map<unknown, string>();
  readonly #taken = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(thing: unknown): boolean {
    return this.#names.has(thing);
  }

  /**
   * How a thing is called, the first time and from then on. A name that another thing has already gets a number.
   * @param thing by which it is known
   * @param otherwise its name where nothing of the text can be part of one
   */
  of(thing: unknown, text: string, otherwise: string): string {
    const known = this.#names.get(thing);
    if (known !== undefined) return known;
    const name = this.#free(nameFrom(text, this.#most) || otherwise);
    this.#names.set(thing, name);
    this.#taken.add(name);
    return name;
  }

  #free(name: string): string {
    let free = name;
    for (let n = 2; this.#taken.has(free); n += 1) {
      const number = `-${n}`;
      free = `${name.slice(0, this.#most - number.length).replace(/-+$/, '')}${number}`;
    }
    return free;
  }
}
