import { refuse } from '#kernel';
import type { Position } from '#event-store';
import type { Projector, ReadStore, View } from '#read-store';
import { NotReady } from '#read-store';
import type { Answer } from './request.ts';

/** Where answers are read from, and who knows how far that has come. */
export interface ReadSource {
  readonly reads: Pick<ReadStore, 'now' | 'at'> & { readonly projector: Pick<Projector, 'caughtUp' | 'reached'> };
  readonly head: () => Promise<Position>;
  /** How long an answer waits for the read models. */
  readonly timeoutMs?: number;
}

/** Reads that are as recent as the caller may expect: not before its own changes, and exactly as of what it asks for. */
export class ConsistentReads {
  readonly #source: ReadSource;
  readonly #timeoutMs: number;

  constructor(source: ReadSource) {
    this.#source = source;
    this.#timeoutMs = source.timeoutMs ?? 5000;
  }

  get now(): View {
    return this.#source.reads.now;
  }

  /** How far the log is shown, at least, by an answer that is read from now on. */
  get reached(): Position {
    return this.#source.reads.projector.reached;
  }

  /** The objects as of a position of the log; none means now. @throws Refusal where the log is not that far; NotReady */
  async at(position: Position | undefined): Promise<View> {
    const { reads, head } = this.#source;
    if (position === undefined) return reads.now;
    if (position > (await head())) throw refuse('at', 'AHEAD', 'The log has not come that far.');
    if (!(await reads.projector.caughtUp(position, this.#timeoutMs))) throw new NotReady('the read models are late');
    return reads.at(position);
  }

  /**
   * Waits until answers show the log up to a position, at least: one that the caller was given by another server. It
   * waits as long as an answer would, and not for what the log has not come to.
   */
  async catchUpTo(position: Position): Promise<void> {
    const { reads, head } = this.#source;
    if (await reads.projector.caughtUp(position, 0)) return;
    if (position <= (await head())) await reads.projector.caughtUp(position, this.#timeoutMs);
  }

  /** Answers when the read models show the change at a position, or are too late (`pending`). */
  async answer<T>(position: Position | undefined, value: (pending: boolean) => Promise<T>): Promise<Answer<T>> {
    const { projector } = this.#source.reads;
    const late = position !== undefined && !(await projector.caughtUp(position, this.#timeoutMs));
    return { value: await value(late), position, pending: late ? position : undefined };
  }
}
