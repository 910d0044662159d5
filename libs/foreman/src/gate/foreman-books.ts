import type { Position, Recorded } from '#event-store';
import { idOf } from '#kernel';
import { site } from '#site';
import type { HoldBook } from '../holds/hold-book.ts';
import type { JobRow } from '../jobs.ts';
import type { LimitBook } from '../limits/limit-book.ts';
import type { WaveRunner } from '../waves/wave-runner.ts';
import type { WindowBook } from '../windows/window-book.ts';
import type { JobGate } from './job-gate.ts';

/** Types of events behind which other sites may be around a site. */
const MOVES: ReadonlySet<string> = new Set(['SiteMoved', 'SiteRestored']);

interface Books {
  readonly limits: LimitBook;
  readonly windows: WindowBook;
  readonly holds: HoldBook;
  readonly gate: JobGate;
  readonly waves: WaveRunner;
  /** Resolves when the read models show the log up to a position. */
  readonly shown: (position: Position) => Promise<unknown>;
}

/**
 * What the foreman keeps up with the log, in every process, besides the jobs: limits, windows, what they hold (also where a
 * site moves into others, or out of them), the holds that were asked for, and waves.
 */
export class ForemanBooks {
  readonly #books: Books;
  #look: ((job: number) => void) | undefined;

  constructor(books: Books) {
    this.#books = books;
  }

  get gate(): JobGate {
    return this.#books.gate;
  }

  get categories(): readonly string[] {
    const { limits, windows, waves, holds } = this.#books;
    return [...limits.categories, ...windows.categories, ...waves.categories, ...holds.categories, site.category];
  }

  /** How many entries they hold of jobs that are held, or belong to waves. */
  get size(): number {
    return this.#books.gate.size + this.#books.waves.size + this.#books.holds.size;
  }

  /** Begins as the foreman, who has jobs looked at; undefined: another process is it. */
  set look(look: ((job: number) => void) | undefined) {
    this.#look = look;
    this.#books.gate.look = look;
    this.#books.waves.leading = look !== undefined;
  }

  /** A job that was under way when the process began; before {@link start}. */
  startWith(id: number, row: JobRow): void {
    this.#books.limits.startWith(id, row);
    this.#books.holds.startWith(id, row);
  }

  /** Reads what there is, before it is told of what happens behind a position that is earlier than this. */
  async start(): Promise<void> {
    await this.#books.limits.start();
    await this.#books.windows.start();
  }

  /** In the order of the log, and before jobs are looked at because of the event. */
  heard(event: Recorded): void {
    const { limits, windows, waves, holds } = this.#books;
    limits.heard(event);
    windows.heard(event);
    waves.heard(event);
    for (const job of holds.heard(event)) this.#look?.(job);
    if (MOVES.has(event.type)) void this.#siteMoved(event);
  }

  async #siteMoved({ stream, position }: Recorded): Promise<void> {
    await this.#books.shown(position);
    this.#books.gate.siteMoved(idOf(stream));
  }

  /** The log was read so far. */
  reached(end: Position): void {
    this.#books.limits.reached(end);
  }
}
