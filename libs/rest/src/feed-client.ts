import type { Position } from '#event-store';
import type { BodyStream } from '#http';
import type { Caller } from '#kernel';
import { beatText, endText, positionText, retryText } from './feed-text.ts';
import type { EndReason } from './feed-text.ts';

/** How many bytes may wait for a client; one that is slower is cut off. */
export const MAX_PENDING_BYTES = 1024 * 1024;

/** Something that is told; undefined as its position: it is as it is now. */
interface Message {
  readonly position: Position | undefined;
}

/** Messages in the order of the log, and how far the log was read for them. */
interface Page<M> {
  readonly messages: readonly M[];
  readonly end: Position;
}

/** What clients are told: read from the log, and heard. */
export interface Told<M extends Message> {
  /** How far those who listen were told of everything. */
  readonly reached: () => Position;
  /** The next messages after a position; none where `end` is as far as the log goes. */
  readonly read: (after: Position) => Promise<Page<M>>;
  /** What is now, in pages, by a view that shows the log up to a position at least. */
  readonly now?: (position: Position) => AsyncIterable<readonly M[]>;
  /** Whether what is now is told anew when it changes without an event. */
  readonly refreshes?: boolean;
  /** A message as the stream has it; undefined: it is not asked for, or the caller may not be told. */
  readonly text: (caller: Caller, message: M) => string | undefined;
  /** Why the stream ends with a message; undefined: it goes on. */
  readonly endsWith?: (message: M) => EndReason | undefined;
}

/** What a client is told, and from where. */
export interface FollowedFeed<M extends Message> {
  readonly told: Told<M>;
  /** The position behind which it is told of everything. */
  readonly after: Position;
  /** Whether it is told first what is now, at that position. */
  readonly snapshot: boolean;
  /** Told of what failed, and of a client that is cut off; it goes on from where it was, in a new connection. */
  readonly onError: (error: unknown) => void;
}

/**
 * One client that follows something. First it is told what the log holds behind its position, page by page as fast as it takes
 * them; from then on what the server hears. Each message is told once, in the order of the log.
 */
export class FeedClient<M extends Message> {
  readonly #body: BodyStream;
  readonly #followed: FollowedFeed<M>;
  caller: Caller;
  #position: Position;
  /** Whether it is told of what the server hears; otherwise it reads the log. */
  #live = false;
  #pendingAtBeat = 0;
  #refreshing = false;
  /** What was told last of what is now. */
  #lastNow = '';

  constructor(body: BodyStream, caller: Caller, followed: FollowedFeed<M>) {
    this.#body = body;
    this.caller = caller;
    this.#followed = followed;
    this.#position = followed.after;
  }

  /** Begins to tell. */
  async start(): Promise<void> {
    this.#body.write(retryText);
    try {
      if (this.#followed.snapshot) await this.#tellNow();
      await this.#catchUp();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What the server has heard; undefined: it has left something out. */
  hear(page: Page<M> | undefined): void {
    if (!this.#live || this.#body.closed) return;
    if (page) this.#tell(page);
    else void this.#catchUp().catch((error: unknown) => this.#fail(error));
  }

  /** Shows that the stream goes on, and how far it is. A client that has taken nothing since the last beat is cut off. */
  beat(): void {
    const { pending } = this.#body;
    if (pending > 0 && pending === this.#pendingAtBeat) return this.#fail(new Error('a client takes nothing'));
    this.#body.write(this.#live ? beatText + positionText(this.#position) : `${beatText}\n`);
    this.#pendingAtBeat = this.#body.pending;
  }

  /** Tells anew what is now, where that has changed without an event: why a job does not move. */
  async refresh(): Promise<void> {
    const { told, onError } = this.#followed;
    if (!told.refreshes || !told.now || !this.#live || this.#refreshing || this.#body.pending > 0) return;
    this.#refreshing = true;
    try {
      for await (const messages of told.now(this.#position)) {
        for (const message of messages) {
          if (told.text(this.caller, message) !== this.#lastNow) this.#write(message);
        }
      }
    } catch (error) {
      onError(error);
    } finally {
      this.#refreshing = false;
    }
  }

  end(reason: EndReason): void {
    if (this.#body.closed) return;
    this.#body.write(endText(reason));
    this.#body.end();
  }

  #fail(error: unknown): void {
    this.#followed.onError(error);
    this.#body.destroy();
  }

  async #tellNow(): Promise<void> {
    const { told } = this.#followed;
    for await (const messages of told.now?.(this.#position) ?? []) {
      for (const message of messages) this.#write(message);
      await this.#body.drained();
      if (this.#body.closed) return;
    }
    // Only now: who is cut off before has not been told everything.
    this.#body.write(positionText(this.#position));
  }

  async #catchUp(): Promise<void> {
    const { told } = this.#followed;
    this.#live = false;
    while (!this.#body.closed) {
      const page = await told.read(this.#position);
      this.#tell(page);
      await this.#body.drained();
      // Nothing is heard between this look and what is heard next.
      if (this.#position >= told.reached()) {
        this.#live = true;
        return;
      }
    }
  }

  #tell({ messages, end }: Page<M>): void {
    for (const message of messages) {
      if (message.position === undefined || message.position <= this.#position) continue;
      this.#write(message);
      this.#position = message.position;
      const reason = this.#followed.told.endsWith?.(message);
      if (reason !== undefined) return this.end(reason);
    }
    if (end > this.#position) this.#position = end;
  }

  #write(message: M): void {
    if (this.#body.closed) return;
    const text = this.#followed.told.text(this.caller, message);
    if (text === undefined) return;
    this.#body.write(text);
    if (message.position === undefined) this.#lastNow = text;
    if (this.#body.pending > MAX_PENDING_BYTES) this.#fail(new Error('a client is too slow'));
  }
}
