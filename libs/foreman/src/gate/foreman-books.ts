import type { Position, Recorded } from '#event-store';
import type { LimitBook } from '../limits/limit-book.ts';
import type { WindowBook } from '../windows/window-book.ts';
import type { JobGate } from './job-gate.ts';

/** What the foreman keeps up with the log, in every process, besides the jobs: limits, windows, and what they hold. */
export class ForemanBooks {
  readonly limits: LimitBook;
  readonly windows: WindowBook;
  readonly gate: JobGate;

  constructor(books: { readonly limits: LimitBook; readonly windows: WindowBook; readonly gate: JobGate }) {
    this.limits = books.limits;
    this.windows = books.windows;
    this.gate = books.gate;
  }

  get categories(): readonly string[] {
    return [...this.limits.categories, ...this.windows.categories];
  }

  /** Reads what there is, before it is told of what happens behind a position that is earlier than this. */
  async start(): Promise<void> {
    await this.limits.start();
    await this.windows.start();
  }

  /** In the order of the log, and before jobs are looked at because of the event. */
  heard(event: Recorded): void {
    this.limits.heard(event);
    this.windows.heard(event);
  }

  /** The log was read so far. */
  reached(end: Position): void {
    this.limits.reached(end);
  }
}
