import { setTimeout as sleep } from 'node:timers/promises';
import { EventStreamParser } from './event-stream-parser.ts';
import type { RestClient } from './rest-client.ts';
import { Refused } from './rest-client.ts';

/** How long it is waited before a stream that broke is opened again, in milliseconds. */
export const RETRY_MS = 2000;
/** How many times in a row a stream is opened again that tells nothing. */
const MAX_RETRIES = 30;

/**
 * Tells the data of server-sent events, `''` where one only moves the position on, and goes on where it was after the connection
 * broke; ends when there is no more to tell, or the signal aborts.
 * @param path behind `/api/rest/`
 * @throws Refused, Unreachable; Error where the session or the permission has ended
 */
export async function* serverEvents(
  client: Pick<RestClient, 'open'>,
  path: string,
  signal: AbortSignal,
  retryMs = RETRY_MS,
): AsyncGenerator<string> {
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
          } else yield data;
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
