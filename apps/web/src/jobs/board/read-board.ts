import { call } from '../../api/request.ts';
import type { BoardJob } from '../job.ts';
import { MAX_BOARD } from './live-board.ts';

/** What the server says is going on at a site. */
export interface BoardAnswer {
  readonly total: number;
  readonly jobs: readonly BoardJob[];
}

/** How many jobs are asked for at a time, as many as the server tells. */
const PAGE = 200;

/** Reads all jobs of a board, page by page; each is told as it comes. @throws Problem */
export async function readBoard(
  site: string | undefined,
  signal: AbortSignal,
  told: (answer: BoardAnswer) => void,
): Promise<ReadonlySet<number>> {
  const ids = new Set<number>();
  for (let skip = 0; skip < MAX_BOARD; skip += PAGE) {
    const answer = await call<BoardAnswer>(
      '/Foreman/BaseJob/board',
      { ...(site === undefined ? {} : { site }), skip, count: PAGE },
      { signal },
    );
    for (const { id } of answer.jobs) ids.add(id);
    told(answer);
    if (skip + answer.jobs.length >= answer.total || answer.jobs.length === 0) break;
  }
  return ids;
}
