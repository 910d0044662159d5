import type { ServerEvent } from './event-stream.ts';
import { EventStreamReader } from './event-stream.ts';
import { Problem, problemIn } from './problem.ts';
import { API } from './request.ts';

/** How the page stands with its server: it follows it, is not told of anything, or cannot reach it. */
export type Connection = 'live' | 'connecting' | 'away';

/** Waits between attempts to connect, in milliseconds. */
const WAITS = [500, 1000, 2000, 4000];
/** The server beats every 15 s: one that has not for so long is away, in milliseconds. */
const SILENCE_MS = 40_000;

/** Who follows a stream of events. */
export interface Follower {
  readonly hear: (event: ServerEvent) => void;
  /** Is told how the connection is, each time it might have changed. */
  readonly connected: (connection: Connection) => void;
  /** Nothing comes any more: what was followed is over, or there is a problem that trying again does not solve. */
  readonly over?: (problem: Problem | undefined) => void;
}

/** Problems that stay as long as the session does. */
const LASTING = new Set([401, 404]);

/** Follows events of the server, and comes back where it was whenever the connection breaks; until the answer is called. */
export function followStream(path: string, follower: Follower): () => void {
  const stopped = new AbortController();
  void follow(path, follower, stopped.signal);
  return () => stopped.abort();
}

async function follow(path: string, follower: Follower, signal: AbortSignal): Promise<void> {
  /** Where to go on, and how often it was tried since the last answer. */
  const place: Place = { last: undefined, attempt: 0 };
  for (; !signal.aborted; place.attempt++) {
    try {
      if ((await read(path, follower, signal, place)) === 'over') return follower.over?.(undefined);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && LASTING.has(error.status)) return follower.over?.(error);
      // Behind the end of the log: the log is another one than before.
      if (error instanceof Problem && error.status === 400) place.last = undefined;
      follower.connected(error instanceof Problem && error.status === 403 ? 'connecting' : 'away');
    }
    await new Promise((resolve) => setTimeout(resolve, WAITS[Math.min(place.attempt, WAITS.length - 1)]));
  }
}

interface Place {
  last: string | undefined;
  attempt: number;
}

/** Reads one connection to its end. @throws Problem */
async function read(path: string, follower: Follower, signal: AbortSignal, place: Place): Promise<'again' | 'over'> {
  const silent = new AbortController();
  let watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
  try {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (place.last !== undefined) headers['Last-Event-ID'] = place.last;
    const response = await fetch(`${API}${path}`, { headers, signal: AbortSignal.any([signal, silent.signal]) });
    if (response.status === 204) return 'over';
    if (!response.ok || !response.body) throw await problemIn(response);
    place.attempt = 0;
    follower.connected('live');
    const reader = new EventStreamReader();
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return 'again';
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
      for (const event of reader.read(value)) {
        if (event.id !== undefined) place.last = event.id;
        if (event.event === 'end') return 'again';
        if (event.data !== undefined) follower.hear(event);
      }
    }
  } finally {
    clearTimeout(watchdog);
  }
}
