import type { Catalogue, Model } from '#api';
import { may, permissionFor, shownAs, TouchedObjects } from '#api';
import type { LoggedEvent, EventLog } from '#event-store';
import type { Caller } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { NoHistory } from '#read-store';
import type { RequestIndex, RequestsAsked } from './request-index.ts';
import type { RequestPart } from './request-parts.ts';

/** How many events of a request are told at once, at most. */
export const MAX_REQUEST_EVENTS = 500;
/** How long the index is waited for, in milliseconds. */
const WAIT_MS = 5000;
/** How many events are read at a time. */
const PAGE = 500;

/** An object that an event concerns, as the API addresses it. */
export interface NamedObject {
  readonly model: string;
  readonly id: Key;
}

/** A request, as lists show it. */
export interface RequestTold {
  readonly request: string;
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly command: string | null;
  readonly reason: string | null;
}

/** An event of a request. */
export interface RequestEvent extends RequestTold {
  readonly event: string;
  readonly stream: string;
  /** Whether an event caused it, not the request itself. */
  readonly caused: boolean;
  readonly objects: readonly NamedObject[];
}

/** What requests did: told from the index and the log. */
export class Requests {
  readonly #index: Pick<RequestIndex, 'caughtUp' | 'list' | 'parts'>;
  readonly #log: Pick<EventLog, 'eventsAt' | 'eventsAfter'>;
  readonly #reads: Pick<ReadStore, 'at'>;
  readonly #catalogue: () => Catalogue;
  #touched: TouchedObjects | undefined;

  constructor(
    index: Pick<RequestIndex, 'caughtUp' | 'list' | 'parts'>,
    log: Pick<EventLog, 'eventsAt' | 'eventsAfter'>,
    reads: Pick<ReadStore, 'at'>,
    catalogue: () => Catalogue,
  ) {
    this.#index = index;
    this.#log = log;
    this.#reads = reads;
    this.#catalogue = catalogue;
  }

  /** Who asked for what, the last first. */
  async list(asked: RequestsAsked): Promise<RequestTold[]> {
    await this.#index.caughtUp(WAIT_MS);
    return (await this.#index.list(asked)).map(told);
  }

  /**
   * The events of a request and of what it caused, in the order of the log, with the objects the caller may see.
   * @param after only those behind this position
   * @returns undefined where there is no such request
   */
  async show(
    request: string,
    after: bigint,
    caller: Caller,
  ): Promise<{ readonly events: RequestEvent[]; readonly more: boolean } | undefined> {
    await this.#index.caughtUp(WAIT_MS);
    const parts = await this.#index.parts(request);
    if (parts.length === 0) return undefined;
    const found: RequestEvent[] = [];
    for (const part of parts) {
      for await (const event of this.#eventsOf(part)) {
        if (event.position <= after) continue;
        if (found.length === MAX_REQUEST_EVENTS) return { events: found, more: true };
        found.push({
          ...told({
            ...part,
            ...event,
            first: event.position,
            command: event.command ?? null,
            reason: event.reason ?? null,
          }),
          event: event.type,
          stream: event.stream,
          caused: part.caused,
          objects: await this.objectsOf(event, caller),
        });
      }
    }
    return { events: found, more: false };
  }

  /** The objects that an event concerns, of those models whose objects the caller may see. */
  async objectsOf(event: LoggedEvent, caller: Caller): Promise<NamedObject[]> {
    this.#touched ??= new TouchedObjects(this.#catalogue());
    const found: NamedObject[] = [];
    for (const touched of this.#touched.of(event)) {
      const row = await this.#rowOf(touched, event.position);
      const model = row && shownAs(touched, row);
      if (model && maySee(caller, model)) found.push({ model: model.path, id: touched.key });
    }
    return found;
  }

  /** The row of an object behind an event, or before it where it is gone then. */
  async #rowOf({ rows, key }: ReturnType<TouchedObjects['of']>[number], position: bigint): Promise<object | undefined> {
    try {
      const now = await this.#reads.at(position).get(rows, key);
      return now ?? (await this.#reads.at(position - 1n).get(rows, key));
    } catch (error) {
      // Of rows without a past it is not known what they were.
      if (error instanceof NoHistory) return undefined;
      throw error;
    }
  }

  async *#eventsOf({ first, last }: RequestPart): AsyncGenerator<LoggedEvent> {
    yield* await this.#log.eventsAt([first]);
    for (let at = first; at < last;) {
      const { events, end } = await this.#log.eventsAfter(at, { limit: PAGE });
      for (const event of events) if (event.position <= last) yield event;
      if (end === at) return;
      at = end;
    }
  }
}

const maySee = (caller: Caller, model: Model): boolean => may(caller, permissionFor(model, 'view'));

const told = ({ request, first, at, actor, command, reason }: Omit<RequestPart, 'last' | 'events' | 'caused'>) => ({
  request,
  position: Number(first),
  at,
  actor,
  command,
  reason,
});
