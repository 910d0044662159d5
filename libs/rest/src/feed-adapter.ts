import type { Caller } from '#kernel';
import type { BodyStream, HttpAnswer, HttpRequest } from '#http';
import type { FeedMessage, FeedSelection, FeedSource, Model } from '#api';
import { boundTo, Forbidden, may, permissionFor } from '#api';
import type { Position } from '#event-store';
import { FeedClient } from './feed-client.ts';
import type { FeedClientsOptions } from './feed-clients.ts';
import { FeedClients } from './feed-clients.ts';
import type { EndpointOptions, Reply } from './answer-request.ts';
import { answerFeed, STREAM_HEADERS } from './feed-endpoint.ts';
import { afterIn, selectionIn } from './feed-query.ts';
import { queryOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';
import { checkQuery } from './query.ts';
import { toldJobs } from './told-jobs.ts';

/** What the feed stands on. */
export interface FeedAdapterOptions extends FeedClientsOptions, EndpointOptions {
  readonly feed: FeedSource;
  /** The models of the jobs that can be read, one for each kind of target. */
  readonly models: () => readonly Model[];
  readonly log: FeedClientsOptions['log'] & EndpointOptions['log'];
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
  /** Those who follow jobs. */
  readonly clients: FeedClients;

  constructor(options: FeedAdapterOptions) {
    this.#options = options;
    this.clients = new FeedClients(options);
  }

  readonly handle = (request: HttpRequest): Promise<HttpAnswer | undefined> =>
    answerFeed(request, this.#options, (caller, reply) => this.#answer(request, caller, reply));

  async #answer(request: HttpRequest, caller: Caller, reply: Reply): Promise<HttpAnswer> {
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

    const release = this.clients.enter(caller);
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
      told: toldJobs(feed, wanted.selection, (who, message) => this.#shows(who, message)),
      ...from,
      onError: (error) => log.warn('the progress of jobs could not be told', { error: String(error) }),
    });
    body.whenClosed(feed.listen((page) => client.hear(page)));
    this.clients.add({ client, request, may: (who) => this.#may(who, wanted) }, body);
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

/** Whether a caller has to do with a site, as far as it is bound to some. */
export const servesSite = (caller: Caller, site: string): boolean => boundTo(caller)?.includes(site) ?? true;
