import { Label, SearchInput, Skeleton } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { objectPath } from '../model/places.ts';
import type { Holders } from './permission-holders.ts';
import { holdersOf } from './permission-holders.ts';
import { usePermissions } from './use-permissions.ts';

const KINDS = [
  ['users', 'Auth/Account'],
  ['groups', 'Auth/Group'],
  ['services', 'Auth/Service'],
] as const;

/** All permissions there are, and who was granted each. */
export function PermissionList() {
  const session = useSession();
  const query = usePermissions();
  const [words, setWords] = useState('');
  const users = useWholeList('Auth/Account', {}, mayUse(session, 'Auth.view_account'));
  const groups = useWholeList('Auth/Group', {}, mayUse(session, 'Auth.view_group'));
  const services = useWholeList('Auth/Service', {}, mayUse(session, 'Auth.view_service'));
  const holders = useMemo(
    () => holdersOf(users.rows, groups.rows, services.rows),
    [users.rows, groups.rows, services.rows],
  );
  if (query.error) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton screenreaderText="Loading" height="12rem" />;
  const shown = query.data.filter((name) => name.toLowerCase().includes(words.toLowerCase()));
  return (
    <div className="ct-tab" data-filter>
      <SearchInput
        aria-label="Search permissions"
        placeholder={`Search ${query.data.length} permissions`}
        value={words}
        onChange={(_, value) => setWords(value)}
        onClear={() => setWords('')}
      />
      <Table variant="compact" aria-label="Permissions" isStickyHeader>
        <Thead>
          <Tr>
            <Th width={40}>Permission</Th>
            <Th>Granted to</Th>
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((name) => (
            <Tr key={name}>
              <Td dataLabel="Permission">
                <code>{name}</code>
              </Td>
              <Td dataLabel="Granted to">
                <HolderLabels holders={holders(name)} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  );
}

function HolderLabels({ holders }: { readonly holders: Holders }) {
  const all = KINDS.flatMap(([kind, model]) => holders[kind].map((name) => ({ kind, model, name })));
  if (all.length === 0) return <span className="ct-none">superusers only</span>;
  return (
    <span className="ct-labels">
      {all.map(({ kind, model, name }) => (
        <Label
          key={`${kind} ${name}`}
          isCompact
          variant="outline"
          render={({ className, content }) => (
            <Link className={className} to={`${objectPath(model, name)}?tab=permissions`}>
              {content}
            </Link>
          )}
        >
          {kind === 'users' ? name : `${kind === 'groups' ? 'group' : 'service'} ${name}`}
        </Label>
      ))}
    </span>
  );
}
