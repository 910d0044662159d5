import { Checkbox, EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { SortByDirection, Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import type { RowSelectionState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { ProblemView } from '../app/problem-view.tsx';
import { idOf } from '../model/models.ts';
import type { Model, Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';
import { byValue } from './by-value.ts';
import type { Column } from './column.ts';
import { filterRows } from './filter-rows.ts';
import { ListToolbar } from './list-toolbar.tsx';
import { readListQuery, writeListQuery } from './list-query.ts';
import { useColumnChoice } from './use-column-choice.ts';
import type { WholeList } from './use-whole-list.ts';

const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { byValue, basic: sortFn_basic },
});

/** How tall a row is, in pixels, as the style sheet has it. */
const ROW = 36;
/** Rows that are drawn beyond those one sees. */
const OVERSCAN = 12;

/** Widths of columns, in pixels. */
const WIDTHS = { narrow: 120, normal: 160, wide: 260 };
const CHECK_WIDTH = 44;

interface ObjectTableProps {
  readonly model: Model;
  readonly list: WholeList;
  readonly columns: readonly Column[];
  /** The columns that are shown unless somebody has chosen others. */
  readonly usual: readonly string[];
  /** What is said where there is nothing at all. */
  readonly empty?: ReactNode;
  /** Buttons for all of the list. */
  readonly actions?: ReactNode;
  /** Buttons for the rows that are selected; without it none can be selected. */
  readonly bulk?: (rows: readonly Row[], clear: () => void) => ReactNode;
  /** Where several lists are on a page, each has its own words in the URL. */
  readonly prefix?: string;
  /** In what height it is, beside others on a page. */
  readonly short?: boolean;
}

/** A list of objects of any length: sorted, filtered, with the columns one has chosen; only the rows one sees are drawn. */
export function ObjectTable({
  model,
  list,
  columns,
  usual,
  empty,
  actions,
  bulk,
  prefix = '',
  short,
}: ObjectTableProps) {
  const [search, setSearch] = useSearchParams();
  const query = useMemo(() => readListQuery(search, prefix), [search, prefix]);
  const change = (next: typeof query): void => setSearch(writeListQuery(search, next, prefix), { replace: true });
  const [visible, chooseColumns] = useColumnChoice(model.path, usual);
  const [selected, setSelected] = useState<RowSelectionState>({});
  const data = useMemo(() => [...filterRows(list.rows, columns, query)], [list.rows, columns, query]);
  const defined = useMemo(
    () =>
      columns.map(({ id, value }) => ({
        id,
        accessorFn: (row: Row) => {
          const one = value(row);
          return typeof one === 'number' ? one : one === null || one === undefined ? undefined : valueText(one);
        },
        sortFn: 'byValue' as const,
        sortUndefined: 'last' as const,
      })),
    [columns],
  );
  const sorting = useMemo(() => (query.sort ? [query.sort] : []), [query.sort]);
  const columnVisibility = useMemo(
    () => Object.fromEntries(columns.map(({ id }) => [id, visible.includes(id)])),
    [columns, visible],
  );
  const table = useTable({
    features,
    columns: defined,
    data,
    getRowId: (row: Row) => String(idOf(model, row)),
    state: { sorting, columnVisibility, rowSelection: selected },
    onRowSelectionChange: setSelected,
  });
  const rows = table.getRowModel().rows;
  const shown = useMemo(() => inOrder(columns, visible), [columns, visible]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    getItemKey: (at) => rows[at]?.id ?? at,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = (column: Column): number => WIDTHS[column.width ?? 'normal'];
  const total = shown.reduce((sum, column) => sum + width(column), bulk ? CHECK_WIDTH : 0);
  const chosen = bulk ? list.rows.filter((row) => selected[String(idOf(model, row))]) : [];
  const clear = (): void => setSelected({});
  const toggle = useCallback(
    (name: string): void =>
      setSelected(({ [name]: was, ...others }) => (was === true ? others : { ...others, [name]: true })),
    [],
  );
  if (list.error && list.rows.length === 0) return <ProblemView error={list.error} retry={list.retry} />;
  return (
    <div className={short ? 'ct-list ct-list-short' : 'ct-list'}>
      <ListToolbar
        name={model.path}
        list={list}
        columns={columns}
        visible={visible}
        onColumns={chooseColumns}
        query={query}
        onQuery={change}
        found={() => rows.map(({ original }) => original)}
        count={rows.length}
        actions={chosen.length > 0 ? bulk?.(chosen, clear) : actions}
        selected={chosen.length}
        onClear={clear}
      />
      <div className="ct-scroll" ref={scroller} tabIndex={0} role="region" aria-label="List">
        <Table
          variant="compact"
          isStickyHeader
          gridBreakPoint=""
          aria-rowcount={rows.length + 1}
          style={{ minWidth: total, tableLayout: 'fixed' }}
        >
          <colgroup>
            {bulk && <col style={{ width: CHECK_WIDTH }} />}
            {shown.map((column) => (
              <col key={column.id} style={{ width: width(column) }} />
            ))}
          </colgroup>
          <Thead>
            <Tr>
              {bulk && (
                <Th screenReaderText="Select">
                  <Checkbox
                    id={`${prefix}${model.path}-all`}
                    aria-label="Select all rows"
                    isChecked={table.getIsAllRowsSelected() ? true : table.getIsSomeRowsSelected() ? null : false}
                    onChange={(_, checked) => table.toggleAllRowsSelected(checked)}
                  />
                </Th>
              )}
              {shown.map(({ id, label }, at) => (
                <Th
                  key={id}
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
              const row = rows[index];
              if (!row) return null;
              return (
                <TableRow
                  key={key}
                  at={index}
                  name={row.id}
                  row={row.original}
                  columns={shown}
                  isSelected={row.getIsSelected()}
                  {...(bulk ? { onSelect: toggle } : {})}
                />
              );
            })}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
            {list.isPending &&
              [1, 2, 3, 4, 5].map((at) => (
                <Tr key={at}>
                  <Td colSpan={shown.length + (bulk ? 1 : 0)}>
                    <Skeleton screenreaderText="Loading" />
                  </Td>
                </Tr>
              ))}
          </Tbody>
        </Table>
        {!list.isPending && rows.length === 0 && <Nothing isFiltered={list.rows.length > 0}>{empty}</Nothing>}
      </div>
    </div>
  );
}

/** The columns that are shown: the usual ones of a list in their order, then those that were chosen beside them. */
const inOrder = (columns: readonly Column[], visible: readonly string[]): readonly Column[] =>
  visible.flatMap((id) => columns.find((column) => column.id === id) ?? []);

interface TableRowProps {
  readonly at: number;
  readonly name: string;
  readonly row: Row;
  readonly columns: readonly Column[];
  readonly isSelected: boolean;
  readonly onSelect?: (name: string) => void;
}

/** A row: PatternFly's by its style sheet alone, so that hundreds of them can come and go while one scrolls. */
const TableRow = memo(function TableRow({ at, name, row, columns, isSelected, onSelect }: TableRowProps) {
  return (
    <tr className={`pf-v6-c-table__tr ct-row${isSelected ? ' pf-m-selected' : ''}`} aria-rowindex={at + 2}>
      {onSelect && (
        <td className="pf-v6-c-table__td">
          <input
            type="checkbox"
            className="pf-v6-c-check__input"
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={() => onSelect(name)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className="pf-v6-c-table__td pf-m-truncate"
          data-label={column.label}
          title={titleOf(column, row)}
        >
          {column.view(row)}
        </td>
      ))}
    </tr>
  );
});

/** What may be cut off is told in full; times have a tooltip of their own. */
const titleOf = ({ value, width }: Column, row: Row): string | undefined =>
  width === 'narrow' ? undefined : valueText(value(row)) || undefined;

function Nothing({ isFiltered, children }: { readonly isFiltered: boolean; readonly children: ReactNode }) {
  return (
    <EmptyState
      headingLevel="h2"
      variant="sm"
      icon={SearchIcon}
      titleText={isFiltered ? 'Nothing matches' : 'Nothing here'}
    >
      <EmptyStateBody>{isFiltered ? 'No row has all of what the filter asks for.' : children}</EmptyStateBody>
    </EmptyState>
  );
}
