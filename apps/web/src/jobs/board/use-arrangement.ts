import { useEffect, useState } from 'react';
import type { ListQuery } from '../../list/list-query.ts';
import type { Row } from '../../model/types.ts';
import type { Line } from './arrange.ts';
import { arrange, isSame } from './arrange.ts';
import { asRow, boardColumns } from './board-columns.tsx';
import type { LiveBoard } from './live-board.ts';

/** How often jobs are arranged anew at most, in milliseconds; lines of jobs that move do not wait for it. */
const ARRANGE_MS = 250;

interface Arranged {
  readonly lines: readonly Line[];
  /** All jobs, for what is counted of them. */
  readonly jobs: readonly Row[];
}

/** How the jobs of a board are arranged: another answer only where another job, group or order is to be seen. */
export function useArrangement(board: LiveBoard, query: ListQuery): Arranged {
  const [arranged, setArranged] = useState<Arranged>({ lines: [], jobs: [] });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let at = 0;
    const look = (): void => {
      timer = undefined;
      at = performance.now();
      const jobs = board.jobs.map(asRow);
      const lines = arrange(jobs, boardColumns, query);
      setArranged((before) =>
        before.jobs.length === jobs.length && isSame(before.lines, lines) ? before : { lines, jobs },
      );
    };
    const stop = board.watch(() => {
      timer ??= setTimeout(look, Math.max(0, at + ARRANGE_MS - performance.now()));
    });
    look();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [board, query]);
  return arranged;
}
