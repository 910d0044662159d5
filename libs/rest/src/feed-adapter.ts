import type { Caller } from '#kernel';
import { ClientGone, newRequestId } from '#http';
import type { BodyStream, HttpAnswer, HttpRequest } from '#http';
import type { FeedMessage, FeedSelection, FeedSource, Model } from '#api';
import { boundTo, Forbidden, may, permissionFor } from '#api';
import type { Position } from '#event-store';
import type { Answer } from './answer.ts';
import { onTheWire, problemAnswer } from './answer.ts';
import { ClientLimit } from './client-limit.ts';
import { FeedClient } from './feed-client.ts';
import { afterIn, selectionIn } from './feed-query.ts';
import type { Identify } from './headers.ts';
import { callerOf } from './headers.ts';
import { pathOf, queryOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { checkQuery } from './query.ts';

/** How many clients follow jobs at once in one process, and how many of them as one user, or from one address. */
export const MAX_FEED_CLIENTS = { all: 1000, user: 100 } as const;
/** How often clients are shown that the stream goes on, in milliseconds. */
const BEAT_MS = 15_000;
/** How often what is now of a job is looked at for those who follow it alone, in milliseconds. */
const REFRESH_MS = 5000;
/** How often it is looked whether clients may still be told, in milliseconds. */
const CHECK_MS = 1000;

/** What the feed stands on. */
export interface FeedAdapterOptions {
  readonly feed: FeedSource;
  readonly identify: Identify;
  /** The models of the jobs that can be read, one for each kind of target. */
  readonly models: () => readonly Model[];
  readonly log: {
    error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  };
  readonly maxClients?: { readonly all: number; readonly user: number };
  readonly beatMs?: number;
  readonly refreshMs?: number;
  readonly checkMs?: number;
}

/** A client, the request it came with, and which kind of jobs it asks for at which site, where that is known. */
interface Connected extends Wanted {
  readonly client: FeedClient;
  readonly request: HttpRequest;
}

/** What is asked for. */
interface Wanted {
  readonly selection: FeedSelection;
  /** What is last known of the job that is asked for. */
  readonly last: FeedMessage | undefined;
}

/** Answers `GET /api/rest/feed` with the progress of jobs, as server-sent events. */
export class FeedAdapter {
  readonly #options: FeedAdapterOptions;
  readonly #clients = new Set<Connected>();
  readonly #limit: ClientLimit;
  readonly #timers: readonly NodeJS.Timeout[];
  #checking = false;
  #stopped = false;

  constructor(options: FeedAdapterOptions) {
    const { beatMs = BEAT_MS, refreshMs = REFRESH_MS, checkMs = CHECK_MS } = options;
    this.#options = options;
    this.#limit = new ClientLimit(options.maxClients ?? MAX_FEED_CLIENTS);
    this.#timers = [
      setInterval(() => this.#beat(), beatMs).unref(),
      setInterval(() => this.#refresh(), refreshMs).unref(),
      setInterval(() => void this.checkAll(), checkMs).unref(),
    ];
  }

  /** How many clients follow jobs. */
  get size(): number {
    return this.#clients.size;
  }

  readonly handle = async (request: HttpRequest): Promise<HttpAnswer | undefined> => {
    const visit = { path: pathOf(request.target), id: newRequestId() };
    const reply = ({ headers, ...answer }: Answer): HttpAnswer =>
      onTheWire({ ...answer, headers: { ...headers, 'Contractor-Request': visit.id } });
    let caller: Caller | undefined;
    try {
      if (request.verb === 'OPTIONS') return reply({ status: 204, headers: ALLOW });
      if (request.verb !== 'GET' && request.verb !== 'HEAD') {
        throw new Problem('method-not-allowed', `${request.verb} is not answered here.`, { headers: ALLOW });
      }
      caller = await callerOf(request, this.#options.identify);
      return await this.#answer(request, caller, reply);
    } catch (error) {
      if (error instanceof ClientGone) return undefined;
      const known = problemOf(error, caller);
      if (!known) this.#options.log.error('a request failed', error, { request: visit.id, path: visit.path });
      return reply(
        problemAnswer(known ?? new Problem('internal', `Something went wrong. Reference: ${visit.id}.`), visit),
      );
    }
  };

  /** Ends all streams and takes no more. */
  stop(): void {
    this.#stopped = true;
    this.#limit.close();
    for (const timer of this.#timers) clearInterval(timer);
    for (const { client } of this.#clients) client.end('stopping');
  }

  /** Looks whether those who are told may still be told, and ends the streams of those who may not. */
  async checkAll(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    await Promise.all([...this.#clients].map((one) => this.#check(one)));
    this.#checking = false;
  }

  async #answer(request: HttpRequest, caller: Caller, reply: (answer: Answer) => HttpAnswer) {
    const { feed } = this.#options;
    const query = queryOf(request.target);
    checkQuery(query, ['job', 'site', 'after']);
    const selection = selectionIn(query);
    if (!this.#mayAny(caller)) throw new Forbidden();
    const last = selection.job === undefined ? undefined : await feed.last(selection.job);
    if (selection.job !== undefined && !last) throw new Problem('not-found', `There is no job ${selection.job}.`);
    const wanted = { selection, last };
    if (!this.#may(caller, wanted)) throw new Forbidden();
    if (selection.site !== undefined && !(await feed.hasSite(selection.site))) {
      throw new Problem('not-found', `There is no site ${selection.site}.`);
    }
    const head = await feed.head();
    const given = afterIn(request, query);
    if (given !== undefined && given > head) throw malformed('The log does not go as far as that.', 'after', 'AHEAD');
    const overAt = last?.over === true ? last.position : undefined;
    if (given !== undefined && overAt !== undefined && given >= overAt) return reply({ status: 204 });
    if (request.verb === 'HEAD') return reply({ status: 200, headers: STREAM_HEADERS });

    const release = this.#limit.enter(caller.principal?.name ?? caller.source);
    const after = given ?? (overAt === undefined ? head : overAt - 1n);
    const snapshot = given === undefined && overAt === undefined;
    const stream = (body: BodyStream): void => {
      body.whenClosed(release);
      this.#connect(body, request, caller, wanted, { after, snapshot });
    };
    return { ...reply({ status: 200, headers: STREAM_HEADERS }), stream };
  }

  #connect(
    body: BodyStream,
    request: HttpRequest,
    caller: Caller,
    wanted: Wanted,
    from: { readonly after: Position; readonly snapshot: boolean },
  ): void {
    const { feed, log } = this.#options;
    const client = new FeedClient(body, caller, {
      feed,
      selection: wanted.selection,
      ...from,
      shows: (who, message) => this.#shows(who, message),
      onError: (error) => log.warn('the progress of jobs could not be told', { error: String(error) }),
    });
    const connected = { client, request, ...wanted };
    this.#clients.add(connected);
    const stopListening = feed.listen((page) => client.hear(page));
    body.whenClosed(() => {
      stopListening();
      this.#clients.delete(connected);
    });
    if (this.#stopped) client.end('stopping');
    else void client.start();
  }

  async #check(connected: Connected): Promise<void> {
    const { client, request } = connected;
    try {
      client.caller = await callerOf(request, this.#options.identify);
      if (!this.#may(client.caller, connected)) client.end('permission');
    } catch (error) {
      if (error instanceof Problem) client.end('session');
      else this.#options.log.warn('it was not found out whether a session still holds', { error: String(error) });
    }
  }

  #beat(): void {
    for (const { client } of this.#clients) client.beat();
  }

  #refresh(): void {
    for (const { client } of this.#clients) void client.refresh();
  }

  #mayAny(caller: Caller): boolean {
    return this.#options.models().some((model) => may(caller, permissionFor(model, 'view')));
  }

  /** Whether a caller may be told what it asks for; where that is of many jobs, each is looked at when it is told. */
  #may(caller: Caller, { selection: { site }, last }: Wanted): boolean {
    if (last) return this.#shows(caller, last);
    return this.#mayAny(caller) && (site === undefined || servesSite(caller, site));
  }

  #shows(caller: Caller, { kind, site }: FeedMessage): boolean {
    const model = this.#options.models().find((one) => one.kind?.['kind'] === kind);
    return model !== undefined && may(caller, permissionFor(model, 'view')) && servesSite(caller, site);
  }
}

const ALLOW = { Allow: 'GET, HEAD, OPTIONS' };

/** Nothing between server and client may keep what goes on, or hold it back. */
const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

const servesSite = (caller: Caller, site: string): boolean => boundTo(caller)?.includes(site) ?? true;
