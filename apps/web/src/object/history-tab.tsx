import { Button, EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { lazy, Suspense, useState } from 'react';
import { useSearchParams } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { inWords } from '../model/labels.ts';
import { TimeText } from '../model/time-text.tsx';
import { DifferenceList } from './difference-list.tsx';
import type { HistoryEntry } from './history.ts';
import { telling } from './history.ts';
import type { TabProps } from './tab.ts';
import { useHistory } from './use-history.ts';

/** Who the server is where it does something on its own: that is no request, and cannot be undone. */
const SYSTEM = 'system';

const UndoDialog = lazy(async () => ({ default: (await import('../change/undo-dialog.tsx')).UndoDialog }));

/** What happened to an object: when, who, why, and what was before and after; each request can be taken back. */
export function HistoryTab({ model, id }: TabProps) {
  const session = useSession();
  const [, setSearch] = useSearchParams();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useHistory(
    model.path,
    id,
  );
  const [request, setRequest] = useState<string>();
  if (isPending) return <Skeleton screenreaderText="Loading" height="8rem" />;
  if (error && !data) return <ProblemView error={error} retry={() => void refetch()} />;
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  if (entries.length === 0) {
    return (
      <EmptyState headingLevel="h2" variant="sm" titleText="Nothing has happened yet">
        <EmptyStateBody>What is done to this object is told here, with who did it and why.</EmptyStateBody>
      </EmptyState>
    );
  }
  const mayUndo = mayUse(session, 'Records.can_undo');
  const lookAt = (position: number): void => setSearch({ tab: 'past', at: String(position) });
  return (
    <>
      <Table variant="compact" aria-label="History">
        <Thead>
          <Tr>
            <Th width={15}>When</Th>
            <Th width={10}>Who</Th>
            <Th width={25}>What</Th>
            <Th>Changes</Th>
            <Th screenReaderText="Actions" />
          </Tr>
        </Thead>
        <Tbody>
          {entries.map((entry, at) => (
            <Entry
              key={entry.position}
              entry={entry}
              onLook={() => lookAt(entry.position)}
              // Entries of one request are undone together: the first of them has the button.
              {...(mayUndo && entry.actor !== SYSTEM && entries[at - 1]?.request !== entry.request
                ? { onUndo: () => setRequest(entry.request) }
                : {})}
            />
          ))}
        </Tbody>
      </Table>
      {hasNextPage && (
        <Button variant="link" isLoading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Further back
        </Button>
      )}
      <Suspense fallback={null}>
        {request !== undefined && <UndoDialog request={request} onClose={() => setRequest(undefined)} />}
      </Suspense>
    </>
  );
}

interface EntryProps {
  readonly entry: HistoryEntry;
  readonly onLook: () => void;
  readonly onUndo?: () => void;
}

function Entry({ entry, onLook, onUndo }: EntryProps) {
  const { at, actor, reason, command, event, position, request } = entry;
  return (
    <Tr>
      <Td dataLabel="When">
        <TimeText time={at} />
      </Td>
      <Td dataLabel="Who">{actor}</Td>
      <Td dataLabel="What">
        {inWords(event)}
        {reason !== null && <div>“{reason}”</div>}
        <div className="ct-small" title={`Request ${request}`}>
          {command === null ? '' : `${inWords(command)}, `}position {position}
        </div>
      </Td>
      <Td dataLabel="Changes">
        <DifferenceList differences={telling(entry.differences)} />
      </Td>
      <Td isActionCell>
        <div className="ct-row-actions">
          <Button variant="link" size="sm" onClick={onLook}>
            As of then
          </Button>
          {onUndo && (
            <Button variant="link" size="sm" onClick={onUndo}>
              Undo
            </Button>
          )}
        </div>
      </Td>
    </Tr>
  );
}
