import type { FeedMessage, FeedPage, FeedSelection, FeedSource } from '#api';
import type { Position } from '#event-store';
import type { BodyStream } from '#http';
import type { Caller } from '#kernel';
import { beatText, endText, messageText, positionText, retryText } from './feed-text.ts';
import type { EndReason } from './feed-text.ts';

/** How many bytes may wait for a client; one that is slower is cut off. */
export const MAX_PENDING_BYTES = 1024 * 1024;

/** What a client is told, and from where. */
export interface FollowedFeed {
  readonly feed: Pick<FeedSource, 'now' | 'read' | 'reached'>;
  readonly selection: FeedSelection;
  /** The position behind which it is told of everything. */
  readonly after: Position;
  /** Whether it is told first what is now, at that position. */
  readonly snapshot: boolean;
  /** Whether a caller may be told this. */
  readonly shows: (caller: Caller, message: FeedMessage) => boolean;
  /** Told of what failed, and of a client that is cut off; it goes on from where it was, in a new connection. */
  readonly onError: (error: unknown) => void;
}

/**
 * One client that follows jobs. First it is told what the log holds behind its position, page by page as fast as it takes
 * them; from then on what the server hears. Each message is told once, in the order of the log.
 */
export class FeedClient {
  readonly #body: BodyStream;
  readonly #followed: FollowedFeed;
  caller: Caller;
  #position: Position;
  /** Whether it is told of what the server hears; otherwise it reads the log. */
  #live = false;
  #pendingAtBeat = 0;
  #refreshing = false;
  /** What was told last of the one job it follows as it is now. */
  #lastNow = '';

  constructor(body: BodyStream, caller: Caller, followed: FollowedFeed) {
    this.#body = body;
    this.caller = caller;
    this.#followed = followed;
    this.#position = followed.after;
  }

  get selection(): FeedSelection {
    return this.#followed.selection;
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
  hear(page: FeedPage | undefined): void {
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

  /** Tells anew what is now of the one job it follows, where that has changed without an event: why it does not move. */
  async refresh(): Promise<void> {
    const { feed, selection, onError } = this.#followed;
    if (selection.job === undefined || !this.#live || this.#refreshing || this.#body.pending > 0) return;
    this.#refreshing = true;
    try {
      for await (const messages of feed.now(selection, this.#position)) {
        for (const message of messages) if (message.data !== this.#lastNow) this.#write(message);
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
    const { feed, selection } = this.#followed;
    for await (const messages of feed.now(selection, this.#position)) {
      for (const message of messages) this.#write(message);
      await this.#body.drained();
      if (this.#body.closed) return;
    }
    // Only now: who is cut off before has not been told everything.
    this.#body.write(positionText(this.#position));
  }

  async #catchUp(): Promise<void> {
    const { feed, selection } = this.#followed;
    this.#live = false;
    while (!this.#body.closed) {
      const page = await feed.read(selection, this.#position);
      this.#tell(page);
      await this.#body.drained();
      // Nothing is heard between this look and what is heard next.
      if (this.#position >= feed.reached) {
        this.#live = true;
        return;
      }
    }
  }

  #tell({ messages, end }: FeedPage): void {
    for (const message of messages) {
      if (message.position === undefined || message.position <= this.#position) continue;
      this.#write(message);
      this.#position = message.position;
      if (message.over && message.job === this.selection.job) return this.end('job-over');
    }
    if (end > this.#position) this.#position = end;
  }

  #write(message: FeedMessage): void {
    const { selection, shows } = this.#followed;
    if (this.#body.closed) return;
    if (selection.job !== undefined && message.job !== selection.job) return;
    if (selection.site !== undefined && message.site !== selection.site) return;
    if (!shows(this.caller, message)) return;
    this.#body.write(messageText(message));
    if (message.position === undefined) this.#lastNow = message.data;
    if (this.#body.pending > MAX_PENDING_BYTES) this.#fail(new Error('a client is too slow'));
  }
}
