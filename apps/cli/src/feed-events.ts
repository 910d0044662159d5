import type { RestClient } from './rest-client.ts';
import { RETRY_MS, serverEvents } from './server-events.ts';

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
  for await (const data of serverEvents(client, path, signal, retryMs)) {
    yield data === '' ? 'told' : { progress: JSON.parse(data) as JobProgress };
  }
}
