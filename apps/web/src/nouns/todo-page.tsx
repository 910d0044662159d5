import { Checkbox, FormSelect, FormSelectOption, ToolbarItem } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { Page } from '../app/page.tsx';
import { useSite } from '../app/site.ts';
import type { Column } from '../list/column.ts';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { familyOf, kindsOf, modelAt } from '../model/models.ts';
import { ReferenceLink } from '../model/reference-link.tsx';
import type { Row } from '../model/types.ts';
import { needsByFoundation, todoOf } from './todo.ts';
import { BulkActions } from './bulk-actions.tsx';

const FOUNDATION = 'Building/Foundation';
const COMPLEX = 'Building/Complex';

/** Kinds of foundations that a complex carries, with the field that says which. */
const CARRIED = kindsOf(FOUNDATION).flatMap(({ path, fields }) =>
  Object.entries(fields)
    .filter(([, { model }]) => model !== undefined && familyOf(model) === COMPLEX)
    .map(([field]) => ({ path, field })),
);

/** The most foundations of one kind that are looked at for what carries them. */
const MAX_CARRIED = 1000;

/** Which complex carries which foundation. */
const useComplexes = () =>
  useQuery({
    queryKey: keys.action(FOUNDATION, 'complexes', null),
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        CARRIED.map(async ({ path, field }) => {
          const asked = { query: { count: MAX_CARRIED }, signal };
          const { items } = (await send<{ readonly items: readonly Row[] }>('GET', pathOf(path), asked)).body;
          return items.map((row) => [String(row['locator']), String(row[field])] as const);
        }),
      );
      return new Map(pages.flat());
    },
  });

/** Foundations that are still to be built, with what they wait for. */
export function TodoPage() {
  const [site] = useSite();
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  const waits = search.get('waits') === 'yes';
  const type = search.get('type') ?? '';
  const model = modelAt(FOUNDATION);
  const bySite = site === undefined ? {} : { filter: 'site', parameters: { site } };
  const foundations = useWholeList(FOUNDATION, bySite);
  const dependencies = useWholeList('Building/Dependency', {}, mayUse(session, 'Building.view_dependency'));
  const complexes = useComplexes().data;
  const needs = useMemo(() => needsByFoundation(dependencies.rows), [dependencies.rows]);
  const rows = useMemo(() => todoOf(foundations.rows, needs, { waits, type }), [foundations.rows, needs, waits, type]);
  const types = [...new Set(foundations.rows.map((row) => String(row['type'])))].sort();
  const columns = useMemo((): readonly Column[] => {
    const own: readonly Column[] = [
      {
        id: 'dependencies',
        label: 'Waits for',
        width: 'narrow',
        value: ({ locator }) => needs.get(String(locator))?.unmet ?? 0,
        view: ({ locator }) => {
          const { unmet, all } = needs.get(String(locator)) ?? { unmet: 0, all: 0 };
          return all === 0 ? '–' : `${unmet} of ${all}`;
        },
      },
      {
        id: 'complex',
        label: 'Complex',
        value: ({ locator }) => complexes?.get(String(locator)) ?? null,
        view: ({ locator }) => {
          const complex = complexes?.get(String(locator));
          return complex === undefined ? '–' : <ReferenceLink model={COMPLEX} id={complex} />;
        },
      },
    ];
    return [...columnsOf(model), ...own];
  }, [model, needs, complexes]);
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: true });
  };
  return (
    <Page title="Todo" about="Foundations that are still to be built.">
      <ObjectTable
        model={model}
        list={{ ...foundations, rows, total: rows.length }}
        columns={columns}
        usual={['locator', 'site', 'type', 'state', 'dependencies', 'complex', 'created', 'updated']}
        empty="Every foundation is built."
        bulk={(chosen, clear) => <BulkActions model={model} rows={chosen} onDone={clear} />}
        actions={
          <>
            <ToolbarItem alignSelf="center">
              <Checkbox
                id="todo-waits"
                label="Has dependencies"
                isChecked={waits}
                onChange={(_, checked) => set('waits', checked ? 'yes' : '')}
              />
            </ToolbarItem>
            <ToolbarItem>
              <FormSelect value={type} aria-label="Foundation class" onChange={(_, value) => set('type', value)}>
                <FormSelectOption value="" label="<All>" />
                {types.map((one) => (
                  <FormSelectOption key={one} value={one} label={one} />
                ))}
              </FormSelect>
            </ToolbarItem>
          </>
        }
      />
    </Page>
  );
}
