import { setTimeout as sleep } from 'node:timers/promises';
import type { RestClient } from './rest-client.ts';
import { Refused } from './rest-client.ts';
import { EventStreamParser } from './event-stream-parser.ts';

/** How a job is, as the feed of the server tells it. */
export interface JobProgress {
  readonly job: number;
  readonly site: string;
  readonly target: { readonly kind: string; readonly id: string };
  /** The host name of a structure, the locator of a foundation. */
  readonly name: string;
  readonly script: string;
  /** `done` or `canceled` where it is over. */
  readonly state: string;
  /** 0 to 100. */
  readonly percent: number;
  readonly line: number | null;
  readonly message: string;
  /** In seconds; null where nothing is known. */
  readonly remaining: number | null;
  /** Why it does not move; null where what is told is past. */
  readonly conditions: readonly Condition[] | null;
}

/** A reason for which a job does not move. */
export interface Condition {
  readonly text: string;
  /** What it is about. */
  readonly links?: readonly { readonly model: string; readonly id: string }[];
  /** ISO 8601, where it is known. */
  readonly since?: string | null;
  readonly until?: string | null;
}

/** What the feed tells: how a job is, or that all jobs under way have been told once. */
export type FeedMessage = { readonly progress: JobProgress } | 'told';

/** Which jobs: one, those of a site, or all that may be read. */
export type FeedSelection = { readonly job: number | string } | { readonly site: string } | Record<string, never>;

/** How long it is waited before a stream that broke is opened again, in milliseconds. */
const RETRY_MS = 2000;
/** How many times in a row a stream is opened again that tells nothing. */
const MAX_RETRIES = 30;

/**
 * Tells how jobs get on, as the server tells it, and goes on where it was after the connection broke; ends when the job that
 * is followed is over, or the signal aborts.
 * @throws Refused, Unreachable; Error where the session or the permission has ended
 */
export async function* feedEvents(
  client: Pick<RestClient, 'open'>,
  selection: FeedSelection,
  signal: AbortSignal,
  retryMs = RETRY_MS,
): AsyncGenerator<FeedMessage> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(selection)) query.set(key, String(value));
  const path = `feed${query.size > 0 ? `?${query.toString()}` : ''}`;
  let last: string | undefined;
  for (let retries = 0; !signal.aborted;) {
    try {
      const stream = await client.open(path, last === undefined ? {} : { 'Last-Event-ID': last }, signal);
      if (!stream) return;
      const parser = new EventStreamParser();
      for await (const chunk of stream.setEncoding('utf8')) {
        for (const { event, data, id } of parser.push(String(chunk))) {
          retries = 0;
          if (id !== undefined) last = id;
          if (event === 'end') {
            const { reason } = JSON.parse(data) as { readonly reason: string };
            if (reason === 'job-over') return;
            if (reason !== 'stopping') throw new Ended(`the server tells no more: the ${reason} has ended`);
          } else if (data !== '') yield { progress: JSON.parse(data) as JobProgress };
          else yield 'told';
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Ended || (error instanceof Refused && error.status !== 503)) throw error;
      // Before it has told anything, what is wrong is to be known at once.
      if (last === undefined || retries >= MAX_RETRIES) throw error;
    }
    retries++;
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The right to be told has ended. */
class Ended extends Error {}
