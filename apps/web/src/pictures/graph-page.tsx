import { EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';
import { Page } from '../app/page.tsx';
import { ProblemView } from '../app/problem-view.tsx';
import { useSite } from '../app/site.ts';
import { StateLabel } from '../model/state-label.tsx';

interface Node {
  readonly description: string;
  readonly type: string;
  readonly state: string;
  readonly dependency_list: readonly string[];
  readonly has_job?: boolean;
  readonly external: boolean;
}

/** What depends on what at a site. */
export function GraphPage() {
  const [site] = useSite();
  return (
    <Page title="Graph" about="What depends on what at a site.">
      {site === undefined ? (
        <EmptyState headingLevel="h2" titleText="Select a site">
          <EmptyStateBody>The graph is that of one site: select it at the top of the page.</EmptyStateBody>
        </EmptyState>
      ) : (
        <Dependencies site={site} />
      )}
    </Page>
  );
}

function Dependencies({ site }: { readonly site: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: keys.about('Site/Site', site, 'getDependencyMap'),
    queryFn: ({ signal }) =>
      call<Readonly<Record<string, Node>>>(pathOf('Site/Site', site, 'getDependencyMap'), {}, { signal }),
  });
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton screenreaderText="Loading" height="12rem" />;
  return (
    <Table variant="compact" aria-label="What depends on what">
      <Thead>
        <Tr>
          {['What', 'Type', 'State', 'Depends on'].map((label) => (
            <Th key={label}>{label}</Th>
          ))}
        </Tr>
      </Thead>
      <Tbody>
        {Object.entries(data).map(([id, { description, type, state, dependency_list: needs, external }]) => (
          <Tr key={id}>
            <Td>{external ? `${description} (of another site)` : description}</Td>
            <Td>{type}</Td>
            <Td>
              <StateLabel state={state} />
            </Td>
            <Td>{needs.map((need) => data[need]?.description ?? need).join(', ') || '–'}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
