import { setTimeout as sleep } from 'node:timers/promises';
import type { RestClient, Values } from './rest-client.ts';
import { Refused } from './rest-client.ts';

/** How long it is waited before an export that broke is gone on with, in milliseconds. */
const RETRY_MS = 2000;
/** How many times in a row one is gone on with that tells nothing new. */
const MAX_RETRIES = 30;

/** A line of an export: an event, or its end. */
interface Line extends Values {
  readonly position?: string;
  readonly complete?: boolean;
  readonly reason?: string;
}

/** An export that the server did not end; it can be gone on with. */
export class ExportCut extends Error {
  /** @param position behind which it goes on */
  constructor(reason: string, position: string) {
    super(`the export was cut off (${reason}): go on with --resume, or with --from ${position}`);
  }
}

export interface ExportOptions {
  /** What is asked of the server: `site=site1&to=…`. */
  readonly query: URLSearchParams;
  /** How many events are there already that were exported before, and behind which position it goes on. */
  readonly before?: { readonly events: number; readonly position: string } | undefined;
  readonly signal: AbortSignal;
  readonly retryMs?: number;
}

/**
 * The lines of an export of history, each with its line feed, the last one saying that it is complete. Where the connection
 * breaks, or the server stops, it goes on where it was.
 * @throws ExportCut where that is of no use any more; Refused, Unreachable
 */
export async function* historyLines(
  client: Pick<RestClient, 'open'>,
  { query: asked, before, signal, retryMs = RETRY_MS }: ExportOptions,
): AsyncGenerator<string> {
  const query = new URLSearchParams(asked);
  const from = query.get('from') ?? '0';
  let events = before?.events ?? 0;
  let position = before?.position;
  for (let retries = 0; ;) {
    const isLater = position !== undefined;
    if (position !== undefined) query.set('from', position);
    let reason = 'the connection broke';
    try {
      for await (const text of linesOf(client, query, signal)) {
        const line = JSON.parse(text) as Line;
        if (line.complete === true) {
          yield `${JSON.stringify({ ...line, ...(isLater ? { from } : {}), events })}\n`;
          return;
        }
        position = line.position ?? position;
        if (line.complete === false) {
          reason = line.reason ?? reason;
          break;
        }
        [retries, events] = [0, events + 1];
        yield `${text}\n`;
      }
    } catch (error) {
      // What is wrong from the beginning is to be known at once.
      if (signal.aborted || (error instanceof Refused && error.status !== 503) || position === undefined) throw error;
      reason = (error as Error).message;
    }
    retries += 1;
    if (retries > MAX_RETRIES || reason === 'session' || reason === 'permission') {
      throw new ExportCut(reason, position ?? from);
    }
    await sleep(retryMs, undefined, { signal });
  }
}

/** The whole lines of one answer. What follows is asked for up to where the first one ends. */
async function* linesOf(
  client: Pick<RestClient, 'open'>,
  query: URLSearchParams,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const path = `history/export?${query.toString()}`;
  const answer = await client.open(path, { Accept: 'application/x-ndjson' }, signal);
  const to = answer?.headers['contractor-position'];
  if (typeof to === 'string') query.set('to', to);
  let rest = '';
  for await (const chunk of answer?.setEncoding('utf8') ?? []) {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
