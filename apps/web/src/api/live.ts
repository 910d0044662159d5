import { useSyncExternalStore } from 'react';
import { familyOf } from '../model/models.ts';
import { queryClient } from './query-client.ts';
import type { Connection } from './stream-follower.ts';
import { followStream } from './stream-follower.ts';

export type { Connection } from './stream-follower.ts';

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

/** How long events are gathered before what they touch is asked for again, in milliseconds. */
const GATHER_MS = 50;
/** How often one list is asked for again at most, in milliseconds. */
const LIST_MS = 2000;
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
  #stop: (() => void) | undefined;
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
    this.#stop ??= followStream('/events', {
      hear: ({ data = '' }) => this.#hear(JSON.parse(data) as PublicEvent),
      connected: (connection) => this.#set(connection),
      // The session is over: whatever is asked for next says so.
      over: () => void queryClient.invalidateQueries(),
    });
  }

  /** Follows nothing any more. */
  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
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
