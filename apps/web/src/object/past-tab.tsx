import {
  Alert,
  Button,
  Content,
  EmptyState,
  FormSelect,
  FormSelectOption,
  Skeleton,
  Slider,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { keys } from '../api/query-keys.ts';
import { send } from '../api/request.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { inWords } from '../model/labels.ts';
import { exactTime } from '../model/times.ts';
import { FieldList } from './details-tab.tsx';
import { DifferenceList } from './difference-list.tsx';
import type { Difference, HistoryEntry } from './history.ts';
import { telling } from './history.ts';
import type { TabProps } from './tab.ts';
import { useHistory } from './use-history.ts';
import { useObject } from './use-object.ts';

/** How an object was at a moment, and what is different between that and another one. */
export function PastTab(props: TabProps) {
  const { data, error, isPending, hasNextPage, fetchNextPage, refetch } = useHistory(props.model.path, props.id);
  if (isPending) return <Skeleton screenreaderText="Loading" height="8rem" />;
  if (error && !data) return <ProblemView error={error} retry={() => void refetch()} />;
  const entries = (data?.pages.flatMap(({ items }) => items) ?? []).toReversed();
  if (entries.length === 0) return <EmptyState headingLevel="h2" variant="sm" titleText="It has no past yet" />;
  return (
    <>
      {hasNextPage && (
        <Button variant="link" isInline onClick={() => void fetchNextPage()}>
          Moments further back
        </Button>
      )}
      <Moments {...props} entries={entries} />
    </>
  );
}

const titleOf = ({ at, event, actor }: HistoryEntry): string => `${exactTime(at)} · ${inWords(event)} · ${actor}`;

function Moments({ model, id, entries }: TabProps & { readonly entries: readonly HistoryEntry[] }) {
  const [search, setSearch] = useSearchParams();
  const [other, setOther] = useState<number | 'now'>('now');
  const wanted = Number(search.get('at') ?? entries.at(-1)?.position);
  // A moment between two events is as of the one before it.
  const index = Math.max(
    0,
    entries.findLastIndex(({ position }) => position <= wanted),
  );
  const entry = entries[index];
  if (!entry) return null;
  const choose = (next: number): void => {
    const at = entries[Math.min(entries.length - 1, Math.max(0, Math.round(next)))];
    if (at) setSearch({ tab: 'past', at: String(at.position) }, { replace: true });
  };
  return (
    <>
      <div className="ct-moments">
        <Content component="h2">As of {titleOf(entry)}</Content>
        {entries.length > 1 && (
          <Slider
            value={index}
            min={0}
            max={entries.length - 1}
            step={1}
            showTicks={entries.length <= 30}
            onChange={(_, value) => choose(value)}
            aria-label="Moment"
            leftActions={
              <Button variant="secondary" size="sm" isDisabled={index === 0} onClick={() => choose(index - 1)}>
                Earlier
              </Button>
            }
            rightActions={
              <Button
                variant="secondary"
                size="sm"
                isDisabled={index === entries.length - 1}
                onClick={() => choose(index + 1)}
              >
                Later
              </Button>
            }
          />
        )}
      </div>
      <AsOf model={model} id={id} position={entry.position} />
      <section>
        <Content component="h3">What is different</Content>
        <label className="ct-inline-label">
          Compared with{' '}
          <FormSelect
            value={other}
            onChange={(_, value) => setOther(value === 'now' ? 'now' : Number(value))}
            aria-label="Compared with"
          >
            <FormSelectOption value="now" label="now" />
            {entries.map((one) => (
              <FormSelectOption key={one.position} value={one.position} label={titleOf(one)} />
            ))}
          </FormSelect>
        </label>
        <Compared model={model.path} id={id} one={entry.position} other={other} />
      </section>
    </>
  );
}

function AsOf({ model, id, position }: Pick<TabProps, 'model' | 'id'> & { readonly position: number }) {
  const { data, error, isPending } = useObject(model.path, id, String(position));
  if (isPending) return <Skeleton screenreaderText="Loading" height="8rem" />;
  if (!data)
    return <Alert isInline variant="info" title={error instanceof Error ? error.message : 'It was not there'} />;
  return <FieldList model={data.model} row={data.row} at={String(position)} />;
}

interface ComparedProps {
  readonly model: string;
  readonly id: string | number;
  readonly one: number;
  readonly other: number | 'now';
}

function Compared({ model, id, one, other }: ComparedProps) {
  const [from, to] = other === 'now' ? [one, undefined] : [Math.min(one, other), Math.max(one, other)];
  const { data, error } = useQuery({
    queryKey: keys.about(model, id, 'diff', from, to),
    queryFn: async ({ signal }) =>
      (
        await send<{ readonly differences: readonly Difference[] }>(
          'GET',
          `/diff/${model}/${encodeURIComponent(String(id))}`,
          { query: { from, to }, signal },
        )
      ).body,
  });
  if (error) return <Alert isInline variant="warning" title={error.message} />;
  if (!data) return <Skeleton screenreaderText="Loading" />;
  const differences = telling(data.differences);
  return differences.length === 0 ? <p>Nothing.</p> : <DifferenceList differences={differences} />;
}
