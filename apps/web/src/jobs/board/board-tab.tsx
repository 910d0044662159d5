import { Alert } from '@patternfly/react-core';
import { Link } from 'react-router';
import { useSite, withSite } from '../../app/site.ts';
import { BoardTable } from './board-table.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { MAX_BOARD } from './live-board.ts';
import { useLiveBoard } from './use-live-board.ts';

/** The jobs under way at the selected site and within it, live. */
export function BoardTab() {
  const [site] = useSite();
  const known = useLiveBoard(site);
  return (
    <>
      {known.board.isFull && (
        <Alert
          isInline
          variant="info"
          title={`Here are ${MAX_BOARD.toLocaleString()} of ${known.total?.toLocaleString() ?? 'more'} jobs: select a site to see all of its own.`}
        />
      )}
      <BoardTable
        known={known}
        bulk={(jobs, clear) => <BulkActions jobs={jobs} clear={clear} />}
        empty={
          <>
            Jobs are made where something is built, destroyed or done: see the{' '}
            <Link to={withSite('/foundations', site)}>foundations</Link> and{' '}
            <Link to={withSite('/structures', site)}>structures</Link>. What was done is in the{' '}
            <Link to={withSite('/joblog', site)}>job log</Link>.
          </>
        }
      />
    </>
  );
}
