import type { Catalogue, EventListener, EventMessage, EventPage, EventSource, NamedObject, NarrowedEvents } from '#api';
import { shownAs, TouchedObjects } from '#api';
import { blueprints } from '#blueprint';
import { secretNames } from '#config';
import type { EventStore, LoggedEvent, Position, StoredEvent, Subscription, Upcasters } from '#event-store';
import { recorded } from '#event-store';
import type { Json } from '#kernel';
import type { Key, View } from '#read-store';
import { sites } from '#site';
import type { EventFactsReader } from './event-facts.ts';
import { categoryOf, publicEvent, publicKind } from './public-event.ts';
import { matchesKind } from './kind-patterns.ts';
import { PUBLIC_CATEGORIES, PUBLIC_KINDS, PUBLIC_STREAMS } from './public-kinds.ts';

/** How many events of the log are looked at for one page. */
const PAGE = 200;
/** How many sites, or blueprints, are named that are around, or behind, those of one event. */
const MAX_AROUND = 100;

export interface EventFeedOptions {
  readonly store: Pick<EventStore, 'head' | 'readAll' | 'subscribe'>;
  readonly upcasters: Upcasters;
  readonly facts: Pick<EventFactsReader, 'of'>;
  readonly catalogue: () => Catalogue;
  readonly view: () => View;
  /** Resolves when the read models show the log up to a position. @throws Error where that takes too long */
  readonly shown: (position: Position) => Promise<void>;
  /** Names of secrets that were declared. */
  readonly declaredSecrets: () => Promise<readonly string[]>;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells of public events. What somebody reads is made of the log as they read it; those who listen are told together, by one
 * subscription, which is there only while there are listeners. So nothing is worked out while nobody asks.
 */
export class EventFeed implements EventSource {
  readonly kinds = PUBLIC_KINDS;
  readonly models = Object.values(PUBLIC_STREAMS).flatMap(({ model, alsoOf = [] }) => [model, ...alsoOf]);
  readonly matches = matchesKind;
  readonly #options: EventFeedOptions;
  readonly #listeners = new Set<EventListener>();
  #touched: TouchedObjects | undefined;
  #tail: Promise<Subscription> | undefined;
  #reached: Position = 0n;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  get reached(): Position {
    return this.#reached;
  }

  head(): Promise<Position> {
    return this.#options.store.head();
  }

  async hasSite(site: string): Promise<boolean> {
    return (await this.#options.view().get(sites, site)) !== undefined;
  }

  async read(after: Position, wants: (kind: string) => boolean, narrowed: NarrowedEvents = {}): Promise<EventPage> {
    const { store } = this.#options;
    // What is behind this may not be among what is read.
    const head = await store.head();
    const { events, end } = await store.readAll(after, { categories: PUBLIC_CATEGORIES, limit: PAGE });
    const messages = await this.#messages(events, wants, narrowed);
    // A page may be short though there is more; only where it goes no further there is nothing left.
    return { messages, end: end > after || head < after ? end : head };
  }

  async listen(listener: EventListener): Promise<() => void> {
    this.#listeners.add(listener);
    const end = (): void => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
    try {
      await (this.#tail ??= this.#begin());
    } catch (error) {
      this.#tail = undefined;
      end();
      throw error;
    }
    return end;
  }

  /** Tells nobody any more. */
  stop(): void {
    const tail = this.#tail;
    this.#tail = undefined;
    this.#listeners.clear();
    tail?.then((subscription) => subscription.stop()).catch(this.#options.onError);
  }

  async #begin(): Promise<Subscription> {
    const { store, onError } = this.#options;
    this.#reached = await store.head();
    return store.subscribe(this.#reached, (events, end) => this.#hear(events, end), {
      categories: PUBLIC_CATEGORIES,
      onError,
    });
  }

  async #hear(events: readonly StoredEvent[], end: Position): Promise<void> {
    const messages = await this.#messages(events, (kind) => [...this.#listeners].some((one) => one.wants(kind)));
    if (end > this.#reached) this.#reached = end;
    for (const listener of this.#listeners) listener.hear({ messages, end });
  }

  /** What is told of events whose kinds are wanted. */
  async #messages(
    events: readonly StoredEvent[],
    wants: (kind: string) => boolean,
    narrowed: NarrowedEvents = {},
  ): Promise<EventMessage[]> {
    const wanted = events.flatMap((event) => {
      const kind = publicKind(event);
      if (kind === undefined || !wants(kind)) return [];
      const logged = recorded(event, this.#options.upcasters);
      return this.#isMeant(logged, narrowed) ? [logged] : [];
    });
    const last = wanted.at(-1);
    if (!last) return [];
    await this.#options.shown(last.position);
    const isSecret = secretNames(await this.#options.declaredSecrets());
    const messages: EventMessage[] = [];
    for (const logged of wanted) {
      const facts = await this.#options.facts.of(logged);
      const told = publicEvent(logged, facts, isSecret);
      if (!told) continue;
      const { kind, object, site, blueprint, data } = told;
      messages.push({
        position: logged.position,
        kind,
        object,
        objects: this.#objects(logged, object),
        site,
        sites: site === null ? [] : await this.#around(site),
        blueprints: blueprint === null ? [] : await this.#behind(blueprint),
        event: told as unknown as Readonly<Record<string, Json>>,
        data,
      });
    }
    return messages;
  }

  /** Whether an event is among those that are looked at more closely. */
  #isMeant(event: LoggedEvent, { actors, model, id }: NarrowedEvents): boolean {
    if (actors?.includes(event.actor) === false) return false;
    if (model === undefined) return true;
    const catalogue = this.#options.catalogue();
    const family = catalogue.family(model);
    const isOne = (path: string, key: Key): boolean =>
      catalogue.family(path) === family && (id === undefined || String(key) === id);
    this.#touched ??= new TouchedObjects(catalogue);
    return (
      isOne(PUBLIC_STREAMS[categoryOf(event.stream)]?.model ?? '', event.id) ||
      this.#touched.of(event).some(({ models, key }) => models.some(({ path }) => isOne(path, key)))
    );
  }

  /** Every object that an event touches, the one it is about first. */
  #objects(event: LoggedEvent, about: NamedObject): readonly NamedObject[] {
    this.#touched ??= new TouchedObjects(this.#options.catalogue());
    const all = this.#touched.of(event).flatMap(({ rows, models, key }) => {
      const model = models.some(({ path }) => path === about.model) ? undefined : shownAs({ rows, models }, {});
      return model ? [{ model: model.path, id: key }] : [];
    });
    return [about, ...all];
  }

  async #around(site: string): Promise<readonly string[]> {
    const view = this.#options.view();
    return chain([site], async (name) => [(await view.get(sites, name))?.parent ?? []].flat());
  }

  async #behind(blueprint: string): Promise<readonly string[]> {
    const view = this.#options.view();
    return chain([blueprint], async (name) => (await view.get(blueprints, name))?.parents ?? []);
  }
}

/** What is reached from some names, they themselves first, each once. */
async function chain(
  from: readonly string[],
  next: (name: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const found = new Set(from);
  for (const name of found) {
    if (found.size >= MAX_AROUND) break;
    for (const one of await next(name)) found.add(one);
  }
  return [...found];
}
