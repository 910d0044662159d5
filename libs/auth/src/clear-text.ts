import { inspect } from 'node:util';
import { MASK } from '#kernel';

/** A password as somebody typed it, on its way in a command. Whoever writes the command anywhere writes a mask. */
export class ClearText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The password itself. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
