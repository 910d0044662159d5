import type { ApiService, EventMessage, EventSource, NarrowedEvents, Span } from '#api';
import { Forbidden, NotFound } from '#api';
import type { Position } from '#event-store';
import type { BodyStream, HttpAnswer, HttpRequest } from '#http';
import { newRequestId } from '#http';
import type { Caller } from '#kernel';
import { writeJson } from '#kernel';
import { NoHistory } from '#read-store';
import type { Moments } from './as-of.ts';
import { spanIn } from './as-of.ts';
import { ClientLimit } from './client-limit.ts';
import type { EventSelection } from './event-selection.ts';
import { eventSelectionIn, selectedInside } from './event-selection.ts';
import type { EndpointOptions, Reply } from './answer-request.ts';
import { answerFeed } from './feed-endpoint.ts';
import { callerOf } from './headers.ts';
import { writtenDifferences } from './past-operations.ts';
import { queryOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';
import { checkQuery } from './query.ts';
import { ToldEvents, wantsOf } from './told-events.ts';

/** How many exports are under way at once in one process, and how many of one user. */
export const MAX_EXPORTS = { all: 8, user: 2 } as const;
/** How many bytes may wait for a client before no more is read for it. */
const MAX_PENDING_BYTES = 256 * 1024;
/** How long a client may take nothing before it is cut off, in milliseconds. */
const STALLED_MS = 60_000;
/** How often it is looked whether the caller may still be told, in milliseconds. */
const CHECK_MS = 1000;

const QUERY = ['from', 'to', 'kind', 'site', 'blueprint', 'model', 'id', 'actor', 'differences'];

/** Why an export ends before it is whole. */
type CutReason = 'session' | 'permission' | 'stopping' | 'failed';

export interface HistoryExportOptions extends EndpointOptions, Moments {
  readonly api: Pick<ApiService, 'catalogue' | 'history'>;
  readonly feed: EventSource;
  /** The actors that the log may know by what somebody is called. */
  readonly actorsCalled: (name: string) => Promise<readonly string[]>;
  readonly maxExports?: { readonly all: number; readonly user: number };
  readonly stalledMs?: number;
  readonly checkMs?: number;
}

/** What somebody wants to have. */
interface Asked {
  readonly request: HttpRequest;
  readonly selection: EventSelection;
  readonly narrowed: NarrowedEvents;
  readonly span: Span;
  /** Whether each event tells how its object was before and after, too. */
  readonly differences: boolean;
}

/**
 * Answers `GET /api/rest/history/export` with what has happened, a line of JSON for each event, in the order of the log. It is
 * read page by page, as fast as the client takes it. The last line says whether it is complete.
 */
export class HistoryExport {
  readonly #options: HistoryExportOptions;
  readonly #events: ToldEvents;
  readonly #limit: ClientLimit;
  #stopping = false;

  constructor(options: HistoryExportOptions) {
    this.#options = options;
    this.#events = new ToldEvents({ feed: options.feed, catalogue: options.api.catalogue });
    this.#limit = new ClientLimit(options.maxExports ?? MAX_EXPORTS);
  }

  readonly handle = (request: HttpRequest): Promise<HttpAnswer | undefined> =>
    answerFeed(request, this.#options, (caller, reply) => this.#answer(request, caller, reply));

  /** Ends those under way, and takes no more. */
  stop(): void {
    this.#stopping = true;
    this.#limit.close();
  }

  async #answer(request: HttpRequest, caller: Caller, reply: Reply): Promise<HttpAnswer> {
    const asked = await this.#asked(request, caller);
    const headers = {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'Contractor-Position': String(asked.span.to),
    };
    if (request.verb === 'HEAD') return reply({ status: 200, headers });
    const release = this.#limit.enter(caller.principal?.name ?? caller.source);
    const stream = (body: BodyStream): void => {
      body.whenClosed(release);
      void this.#write(body, caller, asked);
    };
    return { ...reply({ status: 200, headers }), stream };
  }

  async #asked(request: HttpRequest, caller: Caller): Promise<Asked> {
    const { feed, api } = this.#options;
    const query = queryOf(request.target);
    checkQuery(query, QUERY, ['kind']);
    if (!this.#events.may(caller, {})) throw new Forbidden();
    const selection = await selectedInside(eventSelectionIn(query, feed, api.catalogue), api.catalogue);
    if (!this.#events.may(caller, selection)) throw new Forbidden();
    const { site, model, id } = selection;
    if (site !== undefined && !(await feed.hasSite(site))) {
      throw new Problem('not-found', `There is no site ${site}.`);
    }
    const head = await feed.head();
    const span = await spanIn(query, this.#options, head, 0n);
    for (const name of ['from', 'to'] as const) {
      if (span[name] > head) throw malformed('The log does not go as far as that.', name, 'AHEAD');
    }
    const actor = query.get('actor') ?? undefined;
    const actors = actor === undefined ? undefined : await this.#options.actorsCalled(actor);
    return { request, selection, narrowed: { actors, model, id }, span, differences: flagIn(query, 'differences') };
  }

  async #write(body: BodyStream, caller: Caller, asked: Asked): Promise<void> {
    const { feed, log } = this.#options;
    const wants = wantsOf(asked.selection, feed);
    const { from, to } = asked.span;
    let [at, events, who, checked] = [from, 0, caller, performance.now()];
    try {
      while (at < to) {
        const page = await feed.read(at, wants, asked.narrowed);
        for (const message of page.messages) {
          if (body.closed) return;
          if (message.position > to) break;
          const line = await this.#line(who, asked, message);
          if (line === undefined) continue;
          body.write(line);
          events += 1;
          if (body.pending > MAX_PENDING_BYTES && !(await this.#drained(body))) return;
        }
        if (page.end <= at) break;
        at = page.end < to ? page.end : to;
        if (!(await this.#drained(body))) return;
        if (this.#stopping) return cut(body, 'stopping', at);
        if (performance.now() - checked < (this.#options.checkMs ?? CHECK_MS)) continue;
        const found = await this.#stillMay(asked);
        if (typeof found === 'string') return cut(body, found, at);
        [who, checked] = [found, performance.now()];
      }
      body.write(lineOf({ complete: true, from: String(from), to: String(to), events }));
      body.end();
    } catch (error) {
      log.error('history could not be exported to its end', error);
      cut(body, 'failed', at);
    }
  }

  /** An event as a line; undefined: it is not selected, or not for the caller. */
  async #line(caller: Caller, { selection, differences }: Asked, message: EventMessage): Promise<string | undefined> {
    const told = this.#events.tell(caller, selection, message);
    if (!told) return undefined;
    return lineOf(differences ? { ...told, ...(await this.#changes(caller, message)) } : told);
  }

  /** How its object was before and after an event, field by field; nothing where that is not known. */
  async #changes(caller: Caller, { object: { model: path, id }, position }: EventMessage) {
    const { api } = this.#options;
    const model = api.catalogue.model(path);
    if (!model) return {};
    const span = { from: position - 1n, to: position, newestFirst: false, count: 1 };
    try {
      const [entry] = await api.history(model, id, span, { caller, id: newRequestId() });
      return entry && { change: entry.change, differences: writtenDifferences(model, entry.differences) };
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoHistory || error instanceof Forbidden) return {};
      throw error;
    }
  }

  /** The caller as they are now; a reason where they may not be told any more. */
  async #stillMay({ request, selection }: Asked): Promise<Caller | CutReason> {
    try {
      const caller = await callerOf(request, this.#options.identify);
      return this.#events.may(caller, selection) ? caller : 'permission';
    } catch (error) {
      if (error instanceof Problem) return 'session';
      throw error;
    }
  }

  /** Waits until the client has taken what was written. @returns whether it is still there */
  async #drained(body: BodyStream): Promise<boolean> {
    const late = setTimeout(() => body.destroy(), this.#options.stalledMs ?? STALLED_MS).unref();
    await body.drained();
    clearTimeout(late);
    return !body.closed;
  }
}

const lineOf = (values: Readonly<Record<string, unknown>>): string => `${writeJson(values)}\n`;

/** Ends an export before it is whole. @param at how far the log was looked through: where to go on */
function cut(body: BodyStream, reason: CutReason, at: Position): void {
  body.write(lineOf({ complete: false, reason, position: String(at) }));
  body.end();
}

function flagIn(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  if (text !== null && !['', 'true', 'false'].includes(text)) throw malformed(`${name} is "true" or "false".`, name);
  return text === '' || text === 'true';
}
