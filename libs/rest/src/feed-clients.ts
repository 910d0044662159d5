import type { BodyStream, HttpRequest } from '#http';
import type { Caller } from '#kernel';
import { ClientLimit } from './client-limit.ts';
import type { EndReason } from './feed-text.ts';
import type { Identify } from './headers.ts';
import { callerOf } from './headers.ts';
import { Problem } from './problem.ts';

/** How many clients follow at once in one process, and how many of them as one user, or from one address. */
export const MAX_FEED_CLIENTS = { all: 1000, user: 100 } as const;
/** How often clients are shown that the stream goes on, in milliseconds. */
const BEAT_MS = 15_000;
/** How often what is now is looked at for those who are told it anew, in milliseconds. */
const REFRESH_MS = 5000;
/** How often it is looked whether clients may still be told, in milliseconds. */
const CHECK_MS = 1000;

/** One who is told of something for as long as they stay. */
interface Client {
  caller: Caller;
  start(): Promise<void>;
  beat(): void;
  refresh(): Promise<void>;
  end(reason: EndReason): void;
}

/** A client, the request it came with, and whether its caller may still be told what it asks for. */
interface Connected {
  readonly client: Client;
  readonly request: HttpRequest;
  readonly may: (caller: Caller) => boolean;
}

export interface FeedClientsOptions {
  readonly identify: Identify;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
  readonly maxClients?: { readonly all: number; readonly user: number };
  readonly beatMs?: number;
  readonly refreshMs?: number;
  readonly checkMs?: number;
}

/** Those who follow something: so many at the most, and each as long as its session, and its right to be told, hold. */
export class FeedClients {
  readonly #options: FeedClientsOptions;
  readonly #clients = new Set<Connected>();
  readonly #limit: ClientLimit;
  readonly #timers: readonly NodeJS.Timeout[];
  #checking = false;
  #stopped = false;

  constructor(options: FeedClientsOptions) {
    const { beatMs = BEAT_MS, refreshMs = REFRESH_MS, checkMs = CHECK_MS } = options;
    this.#options = options;
    this.#limit = new ClientLimit(options.maxClients ?? MAX_FEED_CLIENTS);
    this.#timers = [
      setInterval(() => this.#each((client) => client.beat()), beatMs).unref(),
      setInterval(() => this.#each((client) => void client.refresh()), refreshMs).unref(),
      setInterval(() => void this.checkAll(), checkMs).unref(),
    ];
  }

  /** How many there are. */
  get size(): number {
    return this.#clients.size;
  }

  /** Counts a client in. @returns counts it out @throws Problem where there are too many, or none is taken any more */
  enter(caller: Caller): () => void {
    return this.#limit.enter(caller.principal?.name ?? caller.source);
  }

  /** Begins to tell a client. */
  add(connected: Connected, body: BodyStream): void {
    this.#clients.add(connected);
    body.whenClosed(() => this.#clients.delete(connected));
    if (this.#stopped) connected.client.end('stopping');
    else void connected.client.start();
  }

  /** Ends all streams and takes no more. */
  stop(): void {
    this.#stopped = true;
    this.#limit.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#each((client) => client.end('stopping'));
  }

  /** Looks whether those who are told may still be told, and ends the streams of those who may not. */
  async checkAll(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    await Promise.all([...this.#clients].map((one) => this.#check(one)));
    this.#checking = false;
  }

  async #check({ client, request, may }: Connected): Promise<void> {
    try {
      client.caller = await callerOf(request, this.#options.identify);
      if (!may(client.caller)) client.end('permission');
    } catch (error) {
      if (error instanceof Problem) client.end('session');
      else this.#options.log.warn('it was not found out whether a session still holds', { error: String(error) });
    }
  }

  #each(act: (client: Client) => void): void {
    for (const { client } of this.#clients) act(client);
  }
}
