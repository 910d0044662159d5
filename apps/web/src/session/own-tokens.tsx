import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Label } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { useSession } from '../api/session.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { tell, tellError } from '../app/toasts.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { TimeText } from '../model/time-text.tsx';
import type { Row } from '../model/types.ts';
import { TokenDialog } from './token-dialog.tsx';
import { scopeOf } from './token-scope.ts';

const MODEL = 'Auth/Token';

/** The tokens by which programs ask in one's name. */
export function OwnTokens() {
  const { user } = useSession();
  const selection = { filter: 'user', parameters: { user: user ?? '' } };
  const list = useWholeList(MODEL, selection, user !== null);
  const cache = useQueryClient();
  const [making, setMaking] = useState(false);
  const look = (): Promise<void> => cache.invalidateQueries({ queryKey: keys.list(MODEL, selection).slice(0, 2) });
  const revoke = async (row: Row): Promise<void> => {
    await send('DELETE', pathOf(MODEL, String(row['id'])));
    tell({ variant: 'success', title: `The token ${String(row['name'])} is revoked` });
    await look();
  };
  if (list.error) return <ProblemView error={list.error} retry={list.retry} />;
  const make = <Button onClick={() => setMaking(true)}>New token</Button>;
  return (
    <>
      {list.rows.length === 0 && !list.isPending ? (
        <EmptyState headingLevel="h3" variant="xs" titleText="No tokens">
          <EmptyStateBody>
            A program that asks in your name gets a token of its own, for some of what you may do, and not your password.
          </EmptyStateBody>
          <EmptyStateFooter>
            <EmptyStateActions>{make}</EmptyStateActions>
          </EmptyStateFooter>
        </EmptyState>
      ) : (
        <>
          <Table variant="compact" aria-label="Tokens">
            <Thead>
              <Tr>
                <Th>Name</Th>
                <Th>Scope</Th>
                <Th>Last used</Th>
                <Th>Expires</Th>
                <Th screenReaderText="Revoke it" />
              </Tr>
            </Thead>
            <Tbody>
              {list.rows.map((row) => (
                <TokenRow
                  key={String(row['id'])}
                  row={row}
                  onRevoke={() => void revoke(row).catch((error: unknown) => tellError('Not revoked', error))}
                />
              ))}
            </Tbody>
          </Table>
          {make}
        </>
      )}
      {making && <TokenDialog onMade={look} onClose={() => setMaking(false)} />}
    </>
  );
}

function TokenRow({ row, onRevoke }: { readonly row: Row; readonly onRevoke: () => void }) {
  const expires = String(row['expires']);
  const used = row['last_used'];
  return (
    <Tr>
      <Td dataLabel="Name">{String(row['name'])}</Td>
      <Td dataLabel="Scope">{scopeOf(row)}</Td>
      <Td dataLabel="Last used">
        {typeof used === 'string' ? <TimeText time={used} /> : <span className="ct-none">never</span>}
      </Td>
      <Td dataLabel="Expires">
        {Date.parse(expires) <= Date.now() ? <Label status="warning">expired</Label> : <TimeText time={expires} />}
      </Td>
      <Td isActionCell>
        <Button variant="link" isInline isDanger aria-label={`Revoke ${String(row['name'])}`} onClick={onRevoke}>
          Revoke
        </Button>
      </Td>
    </Tr>
  );
}
