import { Conflict } from '#kernel';
import type { Appended, Check, Position, Write } from './event-store.ts';
import { AppendRefused } from './event-store.ts';
import type { KurrentConnection } from './kurrentdb-connection.ts';
import { checksOf, recordsOf } from './kurrentdb-events.ts';
import type { KurrentReader } from './kurrentdb-reader.ts';
import { repeatedAppend } from './repeated-append.ts';

/**
 * Appends to KurrentDB. The server takes an append that was made before for what it is, but answers as if it were new,
 * and where a stream that was only read has moved since, it reports a conflict. So an append that stands behind the end
 * of the log that was known when it was sent is new; any other is looked up by its ids.
 */
export class KurrentAppender {
  readonly #connection: KurrentConnection;
  readonly #reader: KurrentReader;
  /** Appends under way, by the id of their first event. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** How far the log is known to go. */
  #seen: Position = 0n;
  /** How many appends have ended without an answer: perhaps one of a process before this one, then our own. */
  #unanswered = 1;
  /** How many of them had when the end of the log was looked for. */
  #lookedFor = 0;

  constructor(connection: KurrentConnection, reader: KurrentReader) {
    this.#connection = connection;
    this.#reader = reader;
  }

  /** Tells of an event that is in the log. */
  saw(position: Position): void {
    if (position > this.#seen) this.#seen = position;
  }

  async append(writes: readonly Write[], checks: readonly Check[]): Promise<Appended> {
    // The same append sent twice at once goes one after the other: the second is the repeated one.
    const id = writes[0]?.events[0]?.id ?? '';
    const before = this.#underWay.get(id);
    const sending = (async () => {
      await before?.catch(() => undefined);
      return this.#send(writes, checks);
    })();
    this.#underWay.set(id, sending);
    try {
      return await sending;
    } finally {
      if (this.#underWay.get(id) === sending) this.#underWay.delete(id);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  async #send(writes: readonly Write[], checks: readonly Check[]): Promise<Appended> {
    const seen = await this.#end();
    const answer = await this.#connection.writer
      .appendRecords(recordsOf(writes), checksOf(writes, checks))
      .catch((error: unknown) => this.#understood(error));
    if (!(answer instanceof Conflict) && answer.position > seen) {
      this.saw(answer.position);
      return { position: answer.position, repeated: false };
    }
    const position = await repeatedAppend(this.#reader, writes);
    if (position !== undefined) return { position, repeated: true };
    if (answer instanceof Conflict) throw answer;
    return { position: answer.position, repeated: true };
  }

  /** An append without an answer may have been made: before it is sent again, the end of the log is looked for. */
  async #end(): Promise<Position> {
    const unanswered = this.#unanswered;
    if (unanswered > this.#lookedFor) {
      this.saw(await this.#reader.head());
      this.#lookedFor = unanswered;
    }
    return this.#seen;
  }

  /** What an error says of the append; an error that says nothing of it, such as one of the network, stays one. */
  #understood(error: unknown): Conflict {
    const { AppendConsistencyViolationError, AppendRecordSizeExceededError, TransactionMaxSizeExceededError } =
      this.#connection.kurrent;
    if (error instanceof AppendConsistencyViolationError) {
      return new Conflict(error.violations.map(({ streamName }) => streamName));
    }
    if (error instanceof TransactionMaxSizeExceededError || error instanceof AppendRecordSizeExceededError) {
      throw new AppendRefused('TOO_LARGE', `${error.size} bytes in one append; KurrentDB takes ${error.maxSize}`);
    }
    this.#unanswered += 1;
    throw error;
  }
}
