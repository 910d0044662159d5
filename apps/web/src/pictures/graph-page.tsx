import { EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { useState } from 'react';
import { Page } from '../app/page.tsx';
import { ProblemView } from '../app/problem-view.tsx';
import { useSite } from '../app/site.ts';
import { FilteredGraph } from './filtered-graph.tsx';
import { useGraph } from './use-graph.ts';

/** How many objects a picture has at first, and at the most. */
const FIRST = 300;
const MOST = 2000;

/** What depends on what at a site. */
export function GraphPage() {
  const [site] = useSite();
  return (
    <Page title="Graph" about="What depends on what at a site. A name leads to its object.">
      {site === undefined ? (
        <EmptyState headingLevel="h2" titleText="Select a site">
          <EmptyStateBody>The graph is that of one site: select it at the top of the page.</EmptyStateBody>
        </EmptyState>
      ) : (
        <SiteGraph key={site} site={site} />
      )}
    </Page>
  );
}

function SiteGraph({ site }: { readonly site: string }) {
  const [count, setCount] = useState(FIRST);
  const { data, error, refetch } = useGraph('Site/Site', site, count);
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton screenreaderText="Loading" height="24rem" />;
  if (data.nodes.length === 0) {
    return (
      <EmptyState headingLevel="h2" titleText={`Nothing is in ${site} yet`}>
        <EmptyStateBody>Its structures, foundations, complexes and dependencies are drawn here.</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <FilteredGraph
      graph={data}
      label={`What depends on what in ${site}`}
      {...(data.more && count < MOST ? { onMore: () => setCount(MOST) } : {})}
    />
  );
}
