import { useSyncExternalStore } from 'react';
import { familyOf } from '../model/models.ts';
import { EventStreamReader } from './event-stream.ts';
import { Problem, problemIn } from './problem.ts';
import { queryClient } from './query-client.ts';
import { API } from './request.ts';

/** A public event, as far as the page looks at it (docs/rest.md). */
export interface PublicEvent {
  readonly id: string;
  readonly kind: string;
  readonly position: string;
  readonly at: string;
  readonly actor: string;
  readonly request: string;
  readonly reason: string | null;
  readonly object: { readonly model: string; readonly id: string | number };
  readonly objects: readonly { readonly model: string; readonly id: string | number }[];
  readonly site: string | null;
  readonly data: unknown;
}

/** How the page stands with its server: it follows it, is not told of anything, or cannot reach it. */
export type Connection = 'live' | 'connecting' | 'away';

/** How long events are gathered before what they touch is asked for again, in milliseconds. */
const GATHER_MS = 150;
/** How often one list is asked for again at most, in milliseconds. */
const LIST_MS = 2000;
/** Waits between attempts to connect, in milliseconds. */
const WAITS = [500, 1000, 2000, 4000];
/** The server beats every 15 s: one that has not for so long is away, in milliseconds. */
const SILENCE_MS = 40_000;
/** How many objects are gathered at most; with more, everything is asked for again. */
const MAX_GATHERED = 500;

type Listener = (event: PublicEvent) => void;

/**
 * Follows the public events of the server for as long as somebody is signed in, and lets go of what they touch. What it holds
 * is bounded: events are passed on and forgotten.
 */
class Live {
  #connection: Connection = 'connecting';
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<Listener>();
  #stopped: AbortController | undefined;
  #last: string | undefined;
  #objects = new Map<string, readonly [family: string, id: string]>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  readonly #lists = new Map<string, { at: number; timer?: ReturnType<typeof setTimeout> }>();

  get connection(): Connection {
    return this.#connection;
  }

  /** Tells of changes of the connection, until the answer is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  };

  /** Tells of every event, until the answer is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Begins to follow; twice is the same as once. */
  start(): void {
    if (this.#stopped) return;
    const stopped = new AbortController();
    this.#stopped = stopped;
    void this.#follow(stopped.signal);
  }

  /** Follows nothing any more. */
  stop(): void {
    this.#stopped?.abort();
    this.#stopped = undefined;
    this.#last = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#read(signal, () => (attempt = 0));
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Problem && error.status === 401) return void queryClient.invalidateQueries();
        // Behind the end of the log: the log is another one than before.
        if (error instanceof Problem && error.status === 400) this.#last = undefined;
        this.#set(error instanceof Problem && error.status === 403 ? 'connecting' : 'away');
      }
      await new Promise((resolve) => setTimeout(resolve, WAITS[Math.min(attempt, WAITS.length - 1)]));
    }
  }

  async #read(signal: AbortSignal, connected: () => void): Promise<void> {
    const silent = new AbortController();
    let watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (this.#last !== undefined) headers['Last-Event-ID'] = this.#last;
      const response = await fetch(`${API}/events`, { headers, signal: AbortSignal.any([signal, silent.signal]) });
      if (!response.ok || !response.body) throw await problemIn(response);
      connected();
      this.#set('live');
      const reader = new EventStreamReader();
      const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await text.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
        for (const event of reader.read(value)) {
          if (event.id !== undefined) this.#last = event.id;
          if (event.event === 'end') return;
          if (event.data !== undefined) this.#hear(JSON.parse(event.data) as PublicEvent);
        }
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  #set(connection: Connection): void {
    const before = this.#connection;
    if (connection === before) return;
    this.#connection = connection;
    // What has happened while the server was away is not known: everything on the page is asked for again.
    if (connection === 'live' && before === 'away') void queryClient.invalidateQueries();
    for (const changed of this.#watchers) changed();
  }

  #hear(event: PublicEvent): void {
    for (const listener of this.#listeners) listener(event);
    for (const { model, id } of event.objects) {
      const family = familyOf(model);
      this.#objects.set(`${family} ${id}`, [family, String(id)]);
    }
    if (this.#gathering === undefined) this.#gathering = setTimeout(() => this.#let(), GATHER_MS);
  }

  /** Has all that the gathered events touch asked for again. */
  #let(): void {
    this.#gathering = undefined;
    const objects = [...this.#objects.values()];
    this.#objects = new Map();
    if (objects.length > MAX_GATHERED) void queryClient.invalidateQueries({ queryKey: ['object'] });
    else for (const [family, id] of objects) void queryClient.invalidateQueries({ queryKey: ['object', family, id] });
    for (const family of new Set(objects.map(([one]) => one))) this.#letList(family);
  }

  /** Has the lists of a family asked for again, now or as soon as the last time is long enough ago. */
  #letList(family: string): void {
    const known = this.#lists.get(family) ?? { at: 0 };
    this.#lists.set(family, known);
    if (known.timer !== undefined) return;
    known.timer = setTimeout(
      () => {
        delete known.timer;
        known.at = Date.now();
        void queryClient.invalidateQueries({ queryKey: ['list', family] });
      },
      Math.max(0, known.at + LIST_MS - Date.now()),
    );
  }
}

export const live = new Live();

/** How the page stands with its server, now. */
export const useConnection = (): Connection => useSyncExternalStore(live.watch, () => live.connection);
