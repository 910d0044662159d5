import {
  Button,
  Checkbox,
  SearchInput,
  Skeleton,
  ToggleGroup,
  ToggleGroupItem,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import { lazy, Suspense, useDeferredValue, useMemo, useState } from 'react';
import type { Graph } from './graph.ts';
import { filterGraph, valuesOf } from './graph.ts';

const DependencyGraph = lazy(() => import('./dependency-graph.tsx'));
const Legend = lazy(async () => ({ default: (await import('./dependency-graph.tsx')).Legend }));

interface FilteredGraphProps {
  readonly graph: Graph;
  readonly label: string;
  /** Asks for more of it, where there is more. */
  readonly onMore?: () => void;
}

const toggled = (values: readonly string[], value: string): readonly string[] =>
  values.includes(value) ? values.filter((one) => one !== value) : [...values, value];

/** A graph with what one can narrow it by. */
export function FilteredGraph({ graph, label, onMore }: FilteredGraphProps) {
  const [types, setTypes] = useState<readonly string[]>([]);
  const [states, setStates] = useState<readonly string[]>([]);
  const [withJob, setWithJob] = useState(false);
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text);
  const shown = useMemo(
    () => filterGraph(graph, { types, states, text: wanted, withJob }),
    [graph, types, states, wanted, withJob],
  );
  return (
    <>
      <Toolbar className="ct-toolbar">
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput
              aria-label="Find in the graph"
              placeholder="Find by name"
              value={text}
              onChange={(_, value) => setText(value)}
              onClear={() => setText('')}
            />
          </ToolbarItem>
          {(
            [
              ['Kinds', valuesOf(graph, 'type'), types, setTypes],
              ['States', valuesOf(graph, 'state'), states, setStates],
            ] as const
          ).map(([name, values, chosen, choose]) => (
            <ToolbarItem key={name}>
              <ToggleGroup aria-label={name} isCompact>
                {values.map((value) => (
                  <ToggleGroupItem
                    key={value}
                    text={value}
                    buttonId={`graph-${name}-${value}`}
                    isSelected={chosen.includes(value)}
                    onChange={() => choose(toggled(chosen, value))}
                  />
                ))}
              </ToggleGroup>
            </ToolbarItem>
          ))}
          <ToolbarItem alignSelf="center">
            <Checkbox
              id="graph-with-job"
              label="With a job"
              isChecked={withJob}
              onChange={(_, checked) => setWithJob(checked)}
            />
          </ToolbarItem>
          <ToolbarItem alignSelf="center" className="ct-count" aria-live="polite">
            {countText(shown, graph)}
          </ToolbarItem>
          {onMore && (
            <ToolbarItem>
              <Button variant="link" onClick={onMore}>
                Show more
              </Button>
            </ToolbarItem>
          )}
        </ToolbarContent>
      </Toolbar>
      <Suspense fallback={<Skeleton screenreaderText="Loading" height="24rem" />}>
        <Legend />
        {/* A picture of other nodes is fitted into its frame anew. */}
        <DependencyGraph key={shown.nodes.length} graph={shown} label={label} />
      </Suspense>
    </>
  );
}

function countText(shown: Graph, { nodes, total, elsewhere }: Graph): string {
  const parts = [shown.nodes.length === nodes.length ? `${nodes.length}` : `${shown.nodes.length} of ${nodes.length}`];
  if (total > nodes.length) parts.push(`${total} in all`);
  if (elsewhere > 0) parts.push(`${elsewhere} at sites you may not see`);
  return parts.join(', ');
}
