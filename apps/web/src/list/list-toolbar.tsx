import {
  Button,
  Dropdown,
  DropdownItem,
  DropdownList,
  MenuToggle,
  SearchInput,
  Select,
  SelectList,
  SelectOption,
  Spinner,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core';
import { ColumnsIcon } from '@patternfly/react-icons/dist/esm/icons/columns-icon';
import { DownloadIcon } from '@patternfly/react-icons/dist/esm/icons/download-icon';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Row } from '../model/types.ts';
import type { Column } from './column.ts';
import { asCsv, asJson } from './export-rows.ts';
import { choicesOf } from './filter-rows.ts';
import type { ListQuery } from './list-query.ts';
import { saveFile } from './save-file.ts';
import type { WholeList } from './use-whole-list.ts';
import { MAX_ROWS } from './use-whole-list.ts';

interface ListToolbarProps {
  readonly name: string;
  readonly list: WholeList;
  readonly columns: readonly Column[];
  readonly visible: readonly string[];
  readonly onColumns: (columns: readonly string[] | undefined) => void;
  readonly query: ListQuery;
  readonly onQuery: (query: ListQuery) => void;
  /** The rows that are found, in their order. */
  readonly found: () => readonly Row[];
  readonly count: number;
  readonly actions: ReactNode;
  readonly selected: number;
  readonly onClear: () => void;
}

/** What can be done with a list: find, choose columns, keep it as a file, and whatever its page adds. */
export function ListToolbar(props: ListToolbarProps) {
  const { name, list, columns, visible, query, onQuery, found, count, actions, selected, onClear } = props;
  const facets = columns.filter(({ isFacet, id }) => isFacet && (visible.includes(id) || query.values[id]));
  const save = (kind: 'csv' | 'json'): void => {
    const shown = columns.filter(({ id }) => visible.includes(id));
    const file = `${name.replace('/', '-')}.${kind}`;
    if (kind === 'csv') saveFile(file, 'text/csv', asCsv(found(), shown));
    else saveFile(file, 'application/json', asJson(found(), shown));
  };
  return (
    <Toolbar className="ct-toolbar" inset={{ default: 'insetNone' }}>
      <ToolbarContent>
        <ToolbarItem>
          <SearchInput
            data-filter
            aria-label="Filter"
            placeholder="Filter"
            value={query.text}
            onChange={(_, text) => onQuery({ ...query, text })}
            onClear={() => onQuery({ ...query, text: '' })}
          />
        </ToolbarItem>
        {facets.length > 0 && (
          <ToolbarGroup variant="filter-group">
            {facets.map((column) => (
              <ToolbarItem key={column.id}>
                <Facet column={column} rows={list.rows} query={query} onQuery={onQuery} />
              </ToolbarItem>
            ))}
          </ToolbarGroup>
        )}
        <ToolbarGroup variant="action-group-plain">
          <ToolbarItem>
            <Menu label="Columns" icon={<ColumnsIcon />}>
              {columns.map(({ id, label }) => (
                <DropdownItem
                  key={id}
                  hasCheckbox
                  isSelected={visible.includes(id)}
                  onClick={() =>
                    props.onColumns(visible.includes(id) ? visible.filter((one) => one !== id) : [...visible, id])
                  }
                >
                  {label}
                </DropdownItem>
              ))}
              <DropdownItem onClick={() => props.onColumns(undefined)}>As usual</DropdownItem>
            </Menu>
          </ToolbarItem>
          <ToolbarItem>
            <Menu label="Export" icon={<DownloadIcon />} closes>
              <DropdownItem onClick={() => save('csv')}>CSV</DropdownItem>
              <DropdownItem onClick={() => save('json')}>JSON</DropdownItem>
            </Menu>
          </ToolbarItem>
        </ToolbarGroup>
        {actions && <ToolbarGroup variant="action-group">{actions}</ToolbarGroup>}
        <ToolbarItem align={{ default: 'alignEnd' }} alignSelf="center">
          <Count list={list} count={count} />
          {selected > 0 && (
            <Button variant="link" isInline onClick={onClear}>
              {selected} selected, clear
            </Button>
          )}
        </ToolbarItem>
      </ToolbarContent>
    </Toolbar>
  );
}

/** How many there are, and whether more are coming. */
function Count({ list: { rows, total, isPending }, count }: { readonly list: WholeList; readonly count: number }) {
  if (isPending || total === undefined) return null;
  const isCut = rows.length < total && rows.length >= MAX_ROWS;
  return (
    <span className="ct-count" role="status">
      {count === rows.length && rows.length === total
        ? total.toLocaleString()
        : `${count.toLocaleString()} of ${total.toLocaleString()}`}
      {isCut && `, of which the first ${MAX_ROWS.toLocaleString()} are here`}
      {rows.length < total && !isCut && <Spinner isInline aria-label="More are coming" />}
    </span>
  );
}

interface MenuProps {
  readonly label: string;
  readonly icon: ReactNode;
  /** Whether a choice closes it. */
  readonly closes?: boolean;
  readonly children: ReactNode;
}

function Menu({ label, icon, closes = false, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => closes && setOpen(false)}
      isScrollable
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          aria-label={label}
          icon={icon}
          isExpanded={open}
          onClick={() => setOpen(!open)}
        />
      )}
    >
      <DropdownList>{children}</DropdownList>
    </Dropdown>
  );
}

interface FacetProps {
  readonly column: Column;
  readonly rows: readonly Row[];
  readonly query: ListQuery;
  readonly onQuery: (query: ListQuery) => void;
}

/** A choice among the values of a column. */
function Facet({ column, rows, query, onQuery }: FacetProps) {
  const [open, setOpen] = useState(false);
  const wanted = query.values[column.id] ?? [];
  const toggle = (value: string): void => {
    const next = wanted.includes(value) ? wanted.filter((one) => one !== value) : [...wanted, value];
    onQuery({ ...query, values: { ...query.values, [column.id]: next } });
  };
  return (
    <Select
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={(_, value) => toggle(String(value))}
      selected={wanted}
      isScrollable
      toggle={(ref) => (
        <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
          {wanted.length > 0 ? `${column.label}: ${wanted.map((one) => one || '–').join(', ')}` : column.label}
        </MenuToggle>
      )}
    >
      <SelectList>
        {open &&
          choicesOf(rows, column).map(([value, count]) => (
            <SelectOption key={value} hasCheckbox value={value} isSelected={wanted.includes(value)}>
              {value === '' ? '–' : value} <span className="ct-small">{count}</span>
            </SelectOption>
          ))}
      </SelectList>
    </Select>
  );
}
