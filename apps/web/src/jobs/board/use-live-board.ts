import { useEffect, useMemo, useState } from 'react';
import { followStream } from '../../api/stream-follower.ts';
import { useWholeList } from '../../list/use-whole-list.ts';
import type { FeedJob } from '../job.ts';
import { LiveBoard } from './live-board.ts';
import { readBoard } from './read-board.ts';
import { sitesWithin } from './sites-within.ts';

/** How long changes are gathered before they are drawn, in milliseconds. */
const GATHER_MS = 50;
/** How often the board is read again, for what changes without an event, in milliseconds. */
const AGAIN_MS = 15_000;
/** Reading takes at most this part of the time. */
const SHARE = 10;

/** A live board as far as it is known. */
export interface KnownBoard {
  readonly board: LiveBoard;
  /** How many jobs the server has; undefined until it has said so. */
  readonly total: number | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Follows the jobs of a site and the sites within it, or of all sites, for as long as the page shows them. */
export function useLiveBoard(site: string | undefined): KnownBoard {
  const sites = useWholeList('Site/Site', {}, site !== undefined);
  const rows = sites.rows as unknown as readonly { name: string; parent: string | null }[];
  // The names as one text: another list of the same sites is no reason to begin anew.
  const names =
    site === undefined ? '' : sites.isPending ? undefined : [...sitesWithin(rows, site)].toSorted().join('\n');
  const [total, setTotal] = useState<number>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const board = useMemo(() => {
    const shown = names === undefined ? new Set<string>() : names === '' ? undefined : new Set(names.split('\n'));
    return new LiveBoard({
      shows: (one) => shown?.has(one) ?? true,
      later: (tell) => void setTimeout(tell, GATHER_MS),
      now: Date.now,
    });
  }, [names]);

  useEffect(() => {
    if (names === undefined) return undefined;
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const read = async (): Promise<void> => {
      const began = Date.now();
      try {
        const ids = await readBoard(site, stopped.signal, (answer) => {
          setTotal(answer.total);
          board.take(answer.jobs);
        });
        board.keepOnly(ids, began);
        setError(undefined);
      } catch (problem) {
        if (stopped.signal.aborted) return;
        setError(problem);
      }
      timer = setTimeout(() => void read(), Math.max(AGAIN_MS, SHARE * (Date.now() - began)));
    };
    void read();
    const alone = site !== undefined && names === site;
    const stop = followStream(alone ? `/feed?site=${encodeURIComponent(site)}` : '/feed', {
      hear: ({ data = '' }) => board.hear(JSON.parse(data) as FeedJob),
      // The banner of the page says that the server is away; without the feed, the board is read now and then.
      connected: () => undefined,
    });
    return () => {
      stopped.abort();
      clearTimeout(timer);
      stop();
      setTotal(undefined);
      setError(undefined);
    };
  }, [board, names, site, attempt]);

  return { board, total, error, retry: () => setAttempt((n) => n + 1) };
}
