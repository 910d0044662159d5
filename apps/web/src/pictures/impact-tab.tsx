import { Alert, Skeleton } from '@patternfly/react-core';
import { ProblemView } from '../app/problem-view.tsx';
import type { TabProps } from '../object/tab.ts';
import { FilteredGraph } from './filtered-graph.tsx';
import { GRAPHED, pathAmong } from './path-among.ts';
import { useGraph } from './use-graph.ts';

/** How many objects there are in the picture at the most. */
const MOST = 500;

/** What an object stands on, and what falls when it goes. */
export default function ImpactTab({ model, id }: TabProps) {
  const path = pathAmong(model, GRAPHED) ?? model.path;
  const { data, error, refetch } = useGraph(path, id, MOST);
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton screenreaderText="Loading" height="24rem" />;
  const falls = data.nodes.filter(({ falls: one, root }) => one && !root).length;
  return (
    <>
      <Alert
        isInline
        isPlain
        variant={falls === 0 ? 'success' : 'warning'}
        title={
          falls === 0
            ? 'Nothing else falls when it goes.'
            : `${falls}${data.more ? ' or more' : ''} ${falls === 1 ? 'object falls' : 'objects fall'} when it goes.`
        }
      />
      <FilteredGraph graph={data} label="What it stands on, and what falls when it goes" />
    </>
  );
}
