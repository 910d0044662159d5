import type { EventStore, Position } from '#event-store';
import { refuse } from '#kernel';
import type { ChangedKeys, ReadStore, View } from '#read-store';
import { CATEGORIES, factSources, readFacts } from './fact-sources.ts';
import type { FactChange } from './facts.ts';
import type { ZoneOptions } from './zone-renderer.ts';
import { ZoneRenderer } from './zone-renderer.ts';
import type { ZoneContent, ZoneSet } from './zone-source.ts';
import { ZoneSource } from './zone-source.ts';
import { isSameContent } from './zone-text.ts';

/** How long it waits for the read models to show what has happened. */
const TIMEOUT_MS = 10_000;
/** Rows that are read at a time when all are. */
const ROWS = 5000;
/** How many events are looked at for what has changed; after more of them all rows are read again. */
const MAX_EVENTS = 100_000;
/** How long it goes on with what it knows: rows may have been made anew without an event. */
const MAX_AGE_MS = 3_600_000;
/** How many rows may be read for zones as of a moment in the past. */
export const MAX_PAST_ROWS = 1_000_000;

export interface LiveZonesContext extends ZoneOptions {
  /** How long it goes on with what it knows, in milliseconds; an hour unless said. */
  readonly maxAgeMs?: number;
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: Pick<ReadStore, 'at' | 'changed'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
}

/**
 * The zones of now. What every host has stays in memory, about 4 KB of each; the log tells which rows have changed since
 * it was asked last, and only they are read again.
 */
export class LiveZones extends ZoneSource {
  readonly #context: LiveZonesContext;
  #renderer: ZoneRenderer | undefined;
  /** When all was read, as of `performance.now()`. */
  #loadedAt = 0;
  #known: ZoneSet = { position: 0n, zones: new Map() };
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: LiveZonesContext) {
    super();
    this.#context = context;
  }

  zones(): Promise<ZoneSet> {
    const next = this.#turn.then(() => this.#refresh());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #refresh(): Promise<ZoneSet> {
    const { store, reads, maxAgeMs = MAX_AGE_MS } = this.#context;
    const head = await store.head();
    if (this.#renderer && head === this.#known.position) return this.#known;
    if (!(await reads.projector.caughtUp(head, TIMEOUT_MS))) throw new Error('the read models are late');
    const view = reads.at(head);
    const renderer = performance.now() - this.#loadedAt < maxAgeMs ? this.#renderer : undefined;
    // Where something fails in between, all is read again.
    this.#renderer = undefined;
    const changed = renderer && head > this.#known.position ? await this.#changedUpTo(head) : undefined;
    const next = renderer && changed ? renderer : new ZoneRenderer(this.#context);
    if (changed) {
      next.take(await readFacts(view, changed));
    } else {
      this.#loadedAt = performance.now();
      await loadFacts(view, next);
    }
    const zones = await next.render();
    this.#renderer = next;
    this.#known = { position: head, zones: keepSame(this.#known.zones, zones) };
    return this.#known;
  }

  /** The rows that may have changed since it was asked last; undefined: too many to tell. */
  #changedUpTo(head: Position): Promise<ChangedKeys | undefined> {
    return this.#context.reads.changed({
      after: this.#known.position,
      upTo: head,
      models: factSources.map(({ model }) => model),
      categories: CATEGORIES,
      maxEvents: MAX_EVENTS,
    });
  }
}

/** Zones that say the same as before are the very same objects, also where all was read again. */
function keepSame(
  before: ReadonlyMap<string, ZoneContent>,
  now: ReadonlyMap<string, ZoneContent>,
): ReadonlyMap<string, ZoneContent> {
  return new Map(
    Array.from(now, ([name, content]) => {
      const old = before.get(name);
      return [name, old && isSameContent(old, content) ? old : content];
    }),
  );
}

/** How many rows zones are made of. */
export async function countRows(view: View): Promise<number> {
  let rows = 0;
  for (const { model, where = {} } of factSources) rows += (await view.keys(model, { where, count: 0 })).total;
  return rows;
}

/** Has a renderer take over all rows of a view. */
export async function loadFacts(view: View, renderer: ZoneRenderer): Promise<void> {
  for (const { model, where = {}, change } of factSources) {
    const { keys } = await view.keys(model, { where });
    for (let at = 0; at < keys.length; at += ROWS) {
      const rows = await view.many(model, keys.slice(at, at + ROWS));
      const changes: FactChange[] = Array.from(rows, ([key, row]) => change(key, row));
      renderer.take(changes);
    }
  }
}

/**
 * All zones as a view shows them, made from its rows.
 * @param most how many rows they may be made of
 * @throws Refusal where there are more
 */
export async function zonesOf(
  view: View,
  options: ZoneOptions,
  most = MAX_PAST_ROWS,
): Promise<ReadonlyMap<string, ZoneContent>> {
  const rows = await countRows(view);
  if (rows > most) {
    throw refuse('', 'TOO_MANY', `zones of the past are made of ${most} rows at most, and there were ${rows}`);
  }
  const renderer = new ZoneRenderer(options);
  await loadFacts(view, renderer);
  return renderer.render();
}
