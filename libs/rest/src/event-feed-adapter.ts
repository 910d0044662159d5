import type { Catalogue, EventMessage, EventSource } from '#api';
import { Forbidden } from '#api';
import type { Position } from '#event-store';
import type { BodyStream, HttpAnswer, HttpRequest } from '#http';
import type { Caller } from '#kernel';
import { writeJson } from '#kernel';
import { FeedClient } from './feed-client.ts';
import type { FeedClientsOptions } from './feed-clients.ts';
import { FeedClients } from './feed-clients.ts';
import type { EndpointOptions, Reply } from './answer-request.ts';
import { answerFeed, STREAM_HEADERS } from './feed-endpoint.ts';
import { afterIn, timeIn } from './feed-query.ts';
import { eventText } from './feed-text.ts';
import { pageOfEvents } from './event-page.ts';
import type { EventSelection } from './event-selection.ts';
import { countIn, EVENT_QUERY, eventSelectionIn, selectedInside } from './event-selection.ts';
import { queryOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';
import { checkQuery } from './query.ts';
import { ToldEvents, wantsOf } from './told-events.ts';

export interface EventFeedAdapterOptions extends FeedClientsOptions, EndpointOptions {
  readonly feed: EventSource;
  readonly catalogue: Catalogue;
  /** Position of the log at a time, ISO 8601. */
  readonly positionAt: (time: string) => Promise<Position>;
  readonly log: FeedClientsOptions['log'] & EndpointOptions['log'];
}

/**
 * Answers `GET /api/rest/events` with public events: a page of them, or, to those who accept `text/event-stream`, all that come
 * for as long as they stay. Nobody is told of an object that they may not see.
 */
export class EventFeedAdapter {
  readonly #options: EventFeedAdapterOptions;
  readonly #events: ToldEvents;
  /** Those who follow public events. */
  readonly clients: FeedClients;

  constructor(options: EventFeedAdapterOptions) {
    this.#options = options;
    this.#events = new ToldEvents(options);
    this.clients = new FeedClients(options);
  }

  readonly handle = (request: HttpRequest): Promise<HttpAnswer | undefined> =>
    answerFeed(request, this.#options, (caller, reply) => this.#answer(request, caller, reply));

  async #answer(request: HttpRequest, caller: Caller, reply: Reply): Promise<HttpAnswer> {
    const { feed, catalogue } = this.#options;
    const query = queryOf(request.target);
    checkQuery(query, EVENT_QUERY, ['kind']);
    if (!this.#events.may(caller, {})) throw new Forbidden();
    const selection = await selectedInside(eventSelectionIn(query, feed, catalogue), catalogue);
    const count = countIn(query);
    if (!this.#events.may(caller, selection)) throw new Forbidden();
    if (selection.site !== undefined && !(await feed.hasSite(selection.site))) {
      throw new Problem('not-found', `There is no site ${selection.site}.`);
    }
    const head = await feed.head();
    const time = timeIn(request, query);
    const after = time === undefined ? (afterIn(request, query) ?? head) : await this.#options.positionAt(time);
    if (after > head) throw malformed('The log does not go as far as that.', 'after', 'AHEAD');
    const streams = request.header('accept')?.includes('text/event-stream') === true;
    if (streams && query.has('count')) throw malformed('count is for pages, not for streams.', 'count');
    const headers = streams ? STREAM_HEADERS : { 'Cache-Control': 'no-store' };
    if (request.verb === 'HEAD') return reply({ status: 200, headers });

    const release = this.clients.enter(caller);
    if (streams) {
      const stream = (body: BodyStream): void => {
        body.whenClosed(release);
        this.#connect(body, request, caller, selection, after).catch((error: unknown) => {
          this.#untold(error);
          body.destroy();
        });
      };
      return { ...reply({ status: 200, headers }), stream };
    }
    try {
      const { end, ...page } = await pageOfEvents(feed, {
        after,
        count,
        wants: wantsOf(selection, feed),
        tell: (message) => this.#events.tell(caller, selection, message),
      });
      return reply({ status: 200, headers, body: { ...page, end: String(end) } });
    } finally {
      release();
    }
  }

  async #connect(
    body: BodyStream,
    request: HttpRequest,
    caller: Caller,
    selection: EventSelection,
    after: Position,
  ): Promise<void> {
    const { feed } = this.#options;
    const wants = wantsOf(selection, feed);
    const client = new FeedClient<EventMessage>(body, caller, {
      told: {
        reached: () => feed.reached,
        read: (from) => feed.read(from, wants),
        text: (who, message) => {
          const told = this.#events.tell(who, selection, message);
          return told && eventText(message.position, writeJson(told));
        },
      },
      after,
      // It is told where it begins, so that it can go on from there.
      snapshot: true,
      onError: (error) => this.#untold(error),
    });
    const stopListening = await feed.listen({ wants, hear: (page) => client.hear(page) });
    body.whenClosed(stopListening);
    this.clients.add({ client, request, may: (who) => this.#events.may(who, selection) }, body);
  }

  #untold(error: unknown): void {
    this.#options.log.warn('public events could not be told', { error: String(error) });
  }
}
