import type { BodyStream } from '#http';
import type { FeedListener, FeedMessage, FeedPage, FeedSelection, FeedSource } from '#api';
import type { Position } from '#event-store';

/** A body in memory, of a client that takes what it is sent, or does not. */
export class ExampleBody implements BodyStream {
  text = '';
  pending = 0;
  closed = false;
  /** Whether the connection was ended at once. */
  destroyed = false;
  readonly #listeners: (() => void)[] = [];
  #taking = true;
  #drained: (() => void)[] = [];

  get taking(): boolean {
    return this.#taking;
  }

  set taking(taking: boolean) {
    this.#taking = taking;
    if (taking) this.#drain();
  }

  write(text: string): void {
    if (this.closed) return;
    this.text += text;
    if (!this.#taking) this.pending += text.length;
  }

  drained(): Promise<void> {
    if (this.closed || this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  end(): void {
    this.#close();
  }

  destroy(): void {
    this.destroyed = true;
    this.#close();
  }

  whenClosed(listener: () => void): void {
    if (this.closed) listener();
    else this.#listeners.push(listener);
  }

  /** Ids of the events it was told. */
  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: job$/gm)].map(([, id]) => Number(id));
  }

  #close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#drain();
    for (const listener of this.#listeners) listener();
  }

  #drain(): void {
    this.pending = 0;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** What is told of a job. */
export const told = (position: number, message: Partial<FeedMessage> = {}): FeedMessage => ({
  position: BigInt(position),
  job: 1,
  site: 'a',
  kind: 'Foundation',
  over: false,
  data: `{"n":${position}}`,
  ...message,
});

/** A feed over a log in memory. What is appended is heard only once that is asked for. */
export class ExampleFeed implements FeedSource {
  readonly log: FeedMessage[] = [];
  reached: Position = 0n;
  /** How many messages a page holds. */
  page = 2;
  readonly listeners = new Set<FeedListener>();
  readonly reads: Position[] = [];

  append(...messages: readonly FeedMessage[]): void {
    this.log.push(...messages);
  }

  /** Has its listeners hear of everything they have not heard. */
  hear(): void {
    const messages = this.log.filter(({ position }) => (position ?? 0n) > this.reached);
    this.reached = this.log.at(-1)?.position ?? 0n;
    for (const listener of this.listeners) listener({ messages, end: this.reached });
  }

  /** Leaves out what they have not heard. */
  leaveOut(): void {
    this.reached = this.log.at(-1)?.position ?? 0n;
    for (const listener of this.listeners) listener(undefined);
  }

  async head(): Promise<Position> {
    return this.log.at(-1)?.position ?? 0n;
  }

  async last(job: number): Promise<FeedMessage | undefined> {
    return this.log.findLast((one) => one.job === job);
  }

  async hasSite(site: string): Promise<boolean> {
    return ['a', 'b'].includes(site);
  }

  async *now({ job }: FeedSelection): AsyncGenerator<readonly FeedMessage[]> {
    for (const one of new Set(this.log.map((message) => message.job))) {
      const last = this.log.findLast((message) => message.job === one);
      if (last && !last.over && (job === undefined || job === one)) yield [{ ...last, position: undefined }];
    }
  }

  async read({ job, site }: FeedSelection, after: Position): Promise<FeedPage> {
    this.reads.push(after);
    const behind = this.log.filter(({ position }) => (position ?? 0n) > after).slice(0, this.page);
    const messages = behind.filter((one) => (job ?? one.job) === one.job && (site ?? one.site) === one.site);
    return { messages, end: behind.at(-1)?.position ?? after };
  }

  listen(listener: FeedListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
