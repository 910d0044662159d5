import type { Logger } from '#kernel';
import type { DispatchLedger, NotedTask, Taker } from './dispatch-ledger.ts';

/** How long a dispatch may last before it is written down, in milliseconds: of most there is nothing left to be written. */
const LATE_MS = 100;
/** How long to wait where the database did not take it, in milliseconds. */
const AGAIN_MS = 2000;

/** What is not yet written down of a dispatch. */
interface Note {
  readonly cookie: string;
  readonly task?: NotedTask;
  readonly taker?: Taker;
}

/**
 * Writes dispatches of jobs, and who has taken them, into the ledger a moment later, all that have come meanwhile in one
 * statement. A step that is over by then leaves nothing to be written. It holds one note of each job under way.
 */
export class DispatchNotes {
  readonly #ledger: DispatchLedger;
  readonly #log: Logger;
  readonly #notes = new Map<number, Note>();
  /** Jobs of which the ledger may have something. */
  readonly #written = new Set<number>();
  readonly #gone = new Set<number>();
  /** Jobs of which something is being written. */
  #underWay: ReadonlySet<number> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failures = 0;

  constructor(ledger: DispatchLedger, log: Logger) {
    this.#ledger = ledger;
    this.#log = log;
  }

  get size(): number {
    return new Set([...this.#notes.keys(), ...this.#written, ...this.#gone]).size;
  }

  /** A dispatch was put onto the wire. */
  sent(job: number, task: NotedTask): void {
    this.#add(job, { cookie: task.cookie, task });
  }

  /** An agent has taken a dispatch. */
  taken(job: number, cookie: string, taker: Taker): void {
    this.#add(job, { cookie, taker });
  }

  /** The ledger may have something of a job. */
  known(job: number): void {
    this.#written.add(job);
  }

  /** A dispatch of a job has ended: what is not written of it need not be. */
  over(job: number): void {
    this.#notes.delete(job);
  }

  /**
   * The next dispatch of a job is noted at once: resolves when nothing of an earlier one is written after it. The statement
   * that notes a dispatch forgets the others of its job: one that is late would forget the next.
   */
  async beforeNext(job: number): Promise<void> {
    this.#notes.delete(job);
    this.#written.add(job);
    if (this.#underWay.has(job)) await this.#writing;
  }

  /** A job has ended: nothing is to be left of it. */
  forget(job: number): void {
    this.#notes.delete(job);
    if (!this.#written.delete(job)) return;
    this.#gone.add(job);
    this.#later(LATE_MS);
  }

  /** Writes what is left. @throws what the database throws */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    await this.#write();
  }

  #add(job: number, note: Note): void {
    const before = this.#notes.get(job);
    this.#notes.set(job, before?.cookie === note.cookie ? { ...before, ...note } : note);
    this.#later(LATE_MS);
  }

  #later(milliseconds: number): void {
    this.#timer ??= setTimeout(() => {
      this.#writing = this.#write()
        .finally(() => (this.#underWay = new Set()))
        .then(
          () => void (this.#failures = 0),
          (error: unknown) => {
            this.#failures += 1;
            if (this.#failures === 1)
              this.#log.warn('what is on the wire could not be noted; trying again', { error: String(error) });
          },
        )
        .then(() => {
          this.#timer = undefined;
          if (this.#notes.size + this.#gone.size > 0) this.#later(this.#failures > 0 ? AGAIN_MS : LATE_MS);
        });
    }, milliseconds).unref();
  }

  async #write(): Promise<void> {
    const notes = [...this.#notes];
    const gone = [...this.#gone];
    for (const [job] of notes) this.#written.add(job);
    this.#underWay = new Set(this.#notes.keys());
    // Jobs that are gone begin no dispatch any more.
    if (gone.length > 0) await this.#ledger.forgetAll(gone);
    for (const job of gone) this.#gone.delete(job);
    await this.#ledger.noteAll(notes.flatMap(([job, { task }]) => (task ? [{ job, ...task }] : [])));
    await this.#ledger.takeAll(notes.flatMap(([job, { cookie, taker }]) => (taker ? [{ job, cookie, ...taker }] : [])));
    // What was added meanwhile is written the next time.
    for (const [job, note] of notes) if (this.#notes.get(job) === note) this.#notes.delete(job);
  }
}
