import { TemplateFault } from './fault.ts';

/** What rendering one text may use. */
export interface Allowance {
  /** Steps: every node of the template that is evaluated, and every piece of data that is handled, is one or more. */
  readonly steps: number;
  /** Characters of any text that comes up, the result included. */
  readonly length: number;
  /** When it has to be over, on the clock of `performance.now()`. */
  readonly deadline: number;
}

/** How many steps pass between two looks at the clock. */
const LOOK = 1024;
/** How many characters are handled in one step. */
const CHARACTERS = 64;
/** How deep macros may call macros. */
const DEEPEST = 100;

/** Keeps rendering within its {@link Allowance}. */
export class Budget {
  readonly #allowance: Allowance;
  #left: number;
  #look: number;
  #depth = 0;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
    this.#left = allowance.steps;
    this.#look = allowance.steps - LOOK;
  }

  /** The steps used so far. */
  get used(): number {
    return this.#allowance.steps - this.#left;
  }

  /** Takes steps. @throws TemplateFault where there are none left, or no time */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TemplateFault('LimitError', `more than ${this.#allowance.steps} steps`);
    if (this.#left > this.#look) return;
    this.#look = this.#left - LOOK;
    if (performance.now() > this.#allowance.deadline) throw new TemplateFault('LimitError', 'out of time');
  }

  /** Checks that a text of this many characters may come up. @throws TemplateFault */
  within(length: number): void {
    if (length > this.#allowance.length) {
      throw new TemplateFault('LimitError', `more than ${this.#allowance.length} characters`);
    }
  }

  /** Goes into a macro or a recursive loop. @throws TemplateFault where that goes too deep */
  deeper<T>(task: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new TemplateFault('LimitError', `macros nested deeper than ${DEEPEST}`);
    const result = task();
    this.#depth -= 1;
    return result;
  }

  /** Takes what a text of this many characters costs; to be asked before it is made. @throws TemplateFault */
  room(length: number): void {
    this.within(length);
    this.spend(1 + Math.floor(length / CHARACTERS));
  }

  /** Takes what a text costs, and gives it back. @throws TemplateFault */
  text(text: string): string {
    this.room(text.length);
    return text;
  }
}
