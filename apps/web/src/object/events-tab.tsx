import { Alert, Button, EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { PublicEvent } from '../api/live.ts';
import { keys } from '../api/query-keys.ts';
import { send } from '../api/request.ts';
import { TimeText } from '../model/time-text.tsx';
import type { TabProps } from './tab.ts';
import { useHistory } from './use-history.ts';

interface EventPage {
  readonly events: readonly PublicEvent[];
  readonly end: string;
  readonly more: boolean;
}

const PAGE = 100;

/** The public events of an object, from those of its newest changes on: what webhooks were told. */
export function EventsTab({ model, id }: TabProps) {
  const history = useHistory(model.path, id);
  const oldest = history.data?.pages[0]?.items.at(-1)?.position;
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: keys.about(model.path, id, 'events', oldest),
    enabled: oldest !== undefined,
    initialPageParam: String((oldest ?? 1) - 1),
    queryFn: async ({ pageParam, signal }) => {
      const query = { after: pageParam, count: PAGE, model: model.path, id: String(id) };
      return (await send<EventPage>('GET', '/events', { query, signal })).body;
    },
    getNextPageParam: ({ more, end }) => (more ? end : undefined),
  });
  if (error) return <Alert isInline variant="warning" title={error.message} />;
  if (history.isPending || (oldest !== undefined && isPending))
    return <Skeleton screenreaderText="Loading" height="8rem" />;
  const events = (data?.pages.flatMap(({ events: some }) => some) ?? []).toReversed();
  return (
    <>
      {hasNextPage && (
        <Button variant="link" isLoading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Newer ones
        </Button>
      )}
      {events.length === 0 ? (
        <EmptyState headingLevel="h2" variant="sm" titleText="No events">
          <EmptyStateBody>What happens to this object is told here as webhooks are told.</EmptyStateBody>
        </EmptyState>
      ) : (
        <Table variant="compact" aria-label="Events" className="ct-fixed">
          <Thead>
            <Tr>
              <Th width={15}>When</Th>
              <Th width={20}>Kind</Th>
              <Th width={10}>Who</Th>
              <Th>Data</Th>
            </Tr>
          </Thead>
          <Tbody>
            {events.map(({ id: key, at, kind, actor, reason, data: said }) => (
              <Tr key={key}>
                <Td dataLabel="When">
                  <TimeText time={at} />
                </Td>
                <Td dataLabel="Kind">
                  <code>{kind}</code>
                  {reason !== null && <div>“{reason}”</div>}
                </Td>
                <Td dataLabel="Who">{actor}</Td>
                <Td dataLabel="Data" className="ct-break">
                  <code>{JSON.stringify(said)}</code>
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </>
  );
}
