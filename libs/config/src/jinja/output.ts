import type { Budget } from './budget.ts';

/** Text that grows within a budget. */
export class Output {
  readonly #budget: Budget;
  readonly #pieces: string[] = [];
  #length = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  add(text: string): void {
    this.#length += text.length;
    this.#budget.within(this.#length);
    this.#budget.room(text.length);
    this.#pieces.push(text);
  }

  text(): string {
    return this.#pieces.join('');
  }
}
