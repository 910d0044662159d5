import { Button, Skeleton } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';
import { ProblemView } from '../app/problem-view.tsx';
import type { TabProps } from '../object/tab.ts';
import { AddressGrid } from './address-grid.tsx';
import { AddressRanges } from './address-ranges.tsx';
import type { Run } from './address-cells.ts';
import { cellsOf, USES } from './address-cells.ts';
import './pictures.css';

/** The hosts that have addresses of a block, by their id. */
export type Hosts = Readonly<Record<string, { readonly model: string; readonly name: string }>>;

interface Occupancy {
  readonly runs?: readonly Run[];
  readonly used?: number;
  readonly next?: number | null;
  readonly hosts?: Hosts;
}

/** What each address of a block is used for: a small one address by address, others by ranges. */
export default function AddressMapTab({ id }: TabProps) {
  const path = 'Utilities/AddressBlock';
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: keys.about(path, id, 'occupancy'),
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      call<Occupancy>(pathOf(path, id, 'occupancy'), { position: pageParam }, { signal }),
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const runs = useMemo(() => data?.pages.flatMap((page) => page.runs ?? []) ?? [], [data]);
  const hosts = useMemo((): Hosts => Object.assign({}, ...(data?.pages.map((page) => page.hosts) ?? [])), [data]);
  const cells = useMemo(() => (hasNextPage ? undefined : cellsOf(runs)), [runs, hasNextPage]);
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton screenreaderText="Loading" height="16rem" />;
  const used = data.pages[0]?.used ?? 0;
  return (
    <>
      <p>
        {used} {used === 1 ? 'address is' : 'addresses are'} used.
      </p>
      <ul className="ct-legend" aria-label="Legend">
        {Object.entries(USES).map(([use, label]) => (
          <li key={use}>
            <span className={`ct-cell ct-cell-${use}`} /> {label}
          </li>
        ))}
      </ul>
      {cells ? <AddressGrid cells={cells} hosts={hosts} /> : <AddressRanges runs={runs} hosts={hosts} />}
      {hasNextPage && (
        <Button variant="secondary" isLoading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}
