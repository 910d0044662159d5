import { Checkbox, EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { SortByDirection, Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { ProblemView } from '../../app/problem-view.tsx';
import type { Column } from '../../list/column.ts';
import { readListQuery, writeListQuery } from '../../list/list-query.ts';
import { ListToolbar } from '../../list/list-toolbar.tsx';
import { useColumnChoice } from '../../list/use-column-choice.ts';
import { valueText } from '../../model/value-text.ts';
import { asRow, boardColumns, USUAL } from './board-columns.tsx';
import type { LiveBoard, SeenJob } from './live-board.ts';
import { useArrangement } from './use-arrangement.ts';
import type { KnownBoard } from './use-live-board.ts';

/** How tall a line is, in pixels, as the style sheet has it. */
const ROW = 36;
const OVERSCAN = 10;
/** Widths of columns, in pixels; what is left is the message's. */
const WIDTHS: Readonly<Record<string, number>> = { id: 84, script_name: 110, state: 104, percent: 220, message: 300 };
const WIDTH = 124;
const CHECK_WIDTH = 44;
const NAME = 'Foreman/BaseJob';

interface BoardTableProps {
  readonly known: KnownBoard;
  /** Buttons for the jobs that are selected. */
  readonly bulk: (jobs: readonly SeenJob[], clear: () => void) => ReactNode;
  readonly empty: ReactNode;
}

/** The jobs of a board, live: a job that moves has its own line drawn anew, and no other. */
export function BoardTable({ known, bulk, empty }: BoardTableProps) {
  const { board, total, error, retry } = known;
  const [search, setSearch] = useSearchParams();
  const query = useMemo(() => readListQuery(search), [search]);
  const change = (next: typeof query): void => setSearch(writeListQuery(search, next), { replace: true });
  const [visible, chooseColumns] = useColumnChoice(NAME, USUAL);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const { lines, jobs } = useArrangement(board, query);
  const shown = useMemo(
    () => visible.flatMap((id) => boardColumns.find((column) => column.id === id) ?? []),
    [visible],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    getItemKey: (at) => lines[at]?.key ?? at,
  });
  const select = useCallback((id: number, on: boolean): void => {
    setSelected((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  }, []);
  if (error && jobs.length === 0) return <ProblemView error={error} retry={retry} />;

  const found = lines.flatMap((line) => ('job' in line ? [line.job] : []));
  const chosen = found.filter((id) => selected.has(id)).flatMap((id) => board.get(id) ?? []);
  const clear = (): void => setSelected(new Set());
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = ({ id }: Column): number => WIDTHS[id] ?? WIDTH;
  const isPending = total === undefined && jobs.length === 0;
  return (
    <div className="ct-list">
      <ListToolbar
        name={NAME}
        list={{ rows: jobs, total: board.isFull ? total : jobs.length, isPending, error: undefined, retry }}
        columns={boardColumns}
        visible={visible}
        onColumns={chooseColumns}
        query={query}
        onQuery={change}
        found={() =>
          found.flatMap((id) => {
            const job = board.get(id);
            return job ? [asRow(job)] : [];
          })
        }
        count={found.length}
        actions={chosen.length > 0 ? bulk(chosen, clear) : undefined}
        selected={chosen.length}
        onClear={clear}
      />
      <div className="ct-scroll" ref={scroller} tabIndex={0} role="region" aria-label="Jobs under way">
        <Table
          variant="compact"
          isStickyHeader
          gridBreakPoint=""
          aria-rowcount={lines.length + 1}
          style={{
            minWidth: shown.reduce((sum, column) => sum + width(column), CHECK_WIDTH),
            tableLayout: 'fixed',
          }}
        >
          <colgroup>
            <col style={{ width: CHECK_WIDTH }} />
            {shown.map((column) => (
              <col key={column.id} style={column.width === 'wide' ? {} : { width: width(column) }} />
            ))}
          </colgroup>
          <Thead>
            <Tr>
              <Th screenReaderText="Select" modifier="nowrap">
                <Checkbox
                  id="board-all"
                  aria-label="Select all jobs"
                  isChecked={chosen.length === 0 ? false : chosen.length === found.length ? true : null}
                  onChange={(_, on) => setSelected(on ? new Set(found) : new Set())}
                />
              </Th>
              {shown.map(({ id, label }, at) => (
                <Th
                  key={id}
                  modifier="nowrap"
                  sort={{
                    columnIndex: at,
                    sortBy: {
                      ...(query.sort ? { index: shown.findIndex((one) => one.id === query.sort?.id) } : {}),
                      direction: query.sort?.desc ? 'desc' : 'asc',
                    },
                    onSort: (_, __, direction) =>
                      change({ ...query, sort: { id, desc: direction === SortByDirection.desc } }),
                  }}
                >
                  {label}
                </Th>
              ))}
            </Tr>
          </Thead>
          <Tbody>
            {above > 0 && <tr aria-hidden="true" style={{ height: above }} />}
            {items.map(({ index, key }) => {
              const line = lines[index];
              if (!line) return null;
              return 'job' in line ? (
                <JobLine
                  key={key}
                  board={board}
                  id={line.job}
                  at={index + 2}
                  columns={shown}
                  isSelected={selected.has(line.job)}
                  onSelect={select}
                />
              ) : (
                <Tr key={key} aria-rowindex={index + 2} className="ct-row ct-group">
                  <Th colSpan={shown.length + 1} scope="colgroup">
                    {line.heading} <span className="ct-small">{line.count.toLocaleString()}</span>
                  </Th>
                </Tr>
              );
            })}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
            {isPending &&
              [1, 2, 3, 4, 5].map((at) => (
                <Tr key={at}>
                  <Td colSpan={shown.length + 1}>
                    <Skeleton screenreaderText="Loading" />
                  </Td>
                </Tr>
              ))}
          </Tbody>
        </Table>
        {!isPending && lines.length === 0 && (
          <EmptyState
            headingLevel="h2"
            variant="sm"
            titleText={jobs.length > 0 ? 'Nothing matches' : 'No job is under way'}
          >
            <EmptyStateBody>{jobs.length > 0 ? 'No job has all of what the filter asks for.' : empty}</EmptyStateBody>
          </EmptyState>
        )}
      </div>
    </div>
  );
}

interface JobLineProps {
  readonly board: LiveBoard;
  readonly id: number;
  readonly at: number;
  readonly columns: readonly Column[];
  readonly isSelected: boolean;
  readonly onSelect: (id: number, on: boolean) => void;
}

/** The line of one job, which follows that job. */
const JobLine = memo(function JobLine({ board, id, at, columns, isSelected, onSelect }: JobLineProps) {
  const watch = useCallback((changed: () => void) => board.watchJob(id, changed), [board, id]);
  const job = useSyncExternalStore(watch, () => board.get(id));
  if (!job) return <Tr aria-rowindex={at} className="ct-row" />;
  const row = asRow(job);
  return (
    <Tr aria-rowindex={at} className="ct-row" isRowSelected={isSelected} data-job={id}>
      <Td>
        <Checkbox
          id={`board-${id}`}
          aria-label={`Select job ${id}`}
          isChecked={isSelected}
          onChange={(_, on) => onSelect(id, on)}
        />
      </Td>
      {columns.map((column) => (
        <Td
          key={column.id}
          dataLabel={column.label}
          modifier="truncate"
          title={column.width === 'narrow' ? undefined : valueText(column.value(row)) || undefined}
        >
          {column.view(row)}
        </Td>
      ))}
    </Tr>
  );
});
