import {
  Alert,
  Button,
  Label,
  Pagination,
  Skeleton,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { TimeText } from '../model/time-text.tsx';
import type { TabProps } from '../object/tab.ts';

interface ZoneRecords {
  readonly name: string;
  readonly total: number;
  readonly records: readonly {
    readonly name: string;
    readonly type: string;
    readonly data: string;
    readonly served: boolean | null;
  }[];
  readonly left_out: readonly { readonly host: string | null; readonly what: string; readonly reason: string }[];
  readonly wanted: number | null;
  readonly served: number | null;
  readonly error: string | null;
  readonly asked: { readonly at: string; readonly records: number; readonly error: string | null } | null;
}

/** So many records are told, and the name server asked for, at a time. */
const COUNT = 100;

/** The records of a zone, and whether the name server serves them. */
export default function ZoneTab({ id }: TabProps) {
  const [page, setPage] = useState(1);
  const [ask, setAsk] = useState(false);
  const path = 'Directory/Zone';
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: keys.about(path, id, 'records', page, ask),
    queryFn: ({ signal }) =>
      call<ZoneRecords>(pathOf(path, id, 'records'), { skip: (page - 1) * COUNT, count: COUNT, ask }, { signal }),
    placeholderData: (before) => before,
  });
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton screenreaderText="Loading" height="16rem" />;
  return (
    <>
      <ZoneState zone={data} />
      <Toolbar className="ct-toolbar">
        <ToolbarContent>
          <ToolbarItem>
            <Button
              variant="secondary"
              isLoading={isFetching && ask}
              onClick={() => (ask ? void refetch() : setAsk(true))}
            >
              Ask the name server
            </Button>
          </ToolbarItem>
          <ToolbarItem alignSelf="center" aria-live="polite">
            {data.asked ? (
              <>
                asked <TimeText time={data.asked.at} />
              </>
            ) : (
              ask && 'no name server is set'
            )}
          </ToolbarItem>
          <ToolbarItem align={{ default: 'alignEnd' }}>
            <Pagination
              isCompact
              itemCount={data.total}
              perPage={COUNT}
              page={page}
              onSetPage={(_, next) => setPage(next)}
              perPageOptions={[]}
            />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {data.asked?.error && <Alert isInline variant="warning" title={data.asked.error} />}
      <Table variant="compact" aria-label={`Records of ${data.name}`} gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            <Th>Name</Th>
            <Th>Type</Th>
            <Th>Data</Th>
            <Th>Served</Th>
          </Tr>
        </Thead>
        <Tbody>
          {data.records.map(({ name, type, data: text, served }) => (
            <Tr key={`${name} ${type} ${text}`}>
              <Td dataLabel="Name">{name}</Td>
              <Td dataLabel="Type">{type}</Td>
              <Td dataLabel="Data" modifier="breakWord">
                {text}
              </Td>
              <Td dataLabel="Served">{servedLabel(served)}</Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {data.left_out.length > 0 && (
        <Alert isInline variant="warning" title="Left out of the zone" className="ct-provider">
          <ul>
            {data.left_out.map(({ host, what, reason }) => (
              <li key={`${host} ${what} ${reason}`}>
                {[host, what].filter((one) => one !== null && one !== '').join(': ')}: {reason}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}

function servedLabel(served: boolean | null) {
  if (served === null) return '–';
  return (
    <Label isCompact color={served ? 'green' : 'red'}>
      {served ? 'served' : 'not served'}
    </Label>
  );
}

/** How far the name server is with the zone. */
function ZoneState({ zone: { wanted, served, error, total } }: { readonly zone: ZoneRecords }) {
  if (error !== null) return <Alert isInline variant="danger" title={`It is not served as it should be: ${error}`} />;
  if (wanted === null) return <p>{total} records. It has not been published: no name server is set, or not yet.</p>;
  if (served === wanted) return <p>{`${total} records. The name server serves it, serial ${served}.`}</p>;
  return <p>{`${total} records. Serial ${wanted} is on its way; the name server serves ${served ?? 'none'}.`}</p>;
}
