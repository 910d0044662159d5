import { Button } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { useSession } from '../api/session.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { tell, tellError } from '../app/toasts.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { TimeText } from '../model/time-text.tsx';
import type { Row } from '../model/types.ts';

const MODEL = 'Auth/Session';

/** The sessions one has open, of which this is one; each can be ended. */
export function OwnSessions() {
  const { user, expires } = useSession();
  const selection = { filter: 'user', parameters: { user: user ?? '' } };
  const list = useWholeList(MODEL, selection, user !== null);
  const cache = useQueryClient();
  const end = async (row: Row): Promise<void> => {
    await send('DELETE', pathOf(MODEL, String(row['id'])));
    tell({ variant: 'success', title: 'The session has ended' });
    await cache.invalidateQueries({ queryKey: keys.list(MODEL, selection).slice(0, 2) });
  };
  if (list.error) return <ProblemView error={list.error} retry={list.retry} />;
  const rows = list.rows.toSorted((one, other) => String(other['opened']).localeCompare(String(one['opened'])));
  return (
    <Table variant="compact" aria-label="Open sessions">
      <Thead>
        <Tr>
          <Th>From</Th>
          <Th>Opened</Th>
          <Th>Ends</Th>
          <Th screenReaderText="End it" />
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={String(row['id'])}>
            <Td dataLabel="From">{String(row['source'])}</Td>
            <Td dataLabel="Opened">
              <TimeText time={String(row['opened'])} />
            </Td>
            <Td dataLabel="Ends">
              <TimeText time={String(row['expires'])} />
            </Td>
            <Td isActionCell>
              {row['expires'] === expires ? (
                <span className="ct-none">This one</span>
              ) : (
                <Button
                  variant="link"
                  isInline
                  isDanger
                  onClick={() => void end(row).catch((error: unknown) => tellError('The session goes on', error))}
                >
                  End
                </Button>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
