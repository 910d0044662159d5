import '../jobs.css';
import { Checkbox, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { mayUse, useSession } from '../../api/session.ts';
import { Page } from '../../app/page.tsx';
import { useSite } from '../../app/site.ts';
import type { Column } from '../../list/column.ts';
import { columnsOf } from '../../list/columns-of.tsx';
import { ObjectTable } from '../../list/object-table.tsx';
import { useWholeList } from '../../list/use-whole-list.ts';
import { kindsOf, modelAt } from '../../model/models.ts';
import { objectPath } from '../../model/places.ts';
import type { Row } from '../../model/types.ts';
import { BulkActions } from '../../nouns/bulk-actions.tsx';
import type { TodoRow } from './todo.ts';
import { todoOf } from './todo.ts';
import { useCarriers } from './use-carriers.ts';

const MODEL = 'Building/Foundation';
const USUAL = [
  'locator',
  'site',
  'type',
  'state',
  'dependants',
  'waits_for',
  'complex',
  'structure',
  'created',
  'updated',
];

const types = kindsOf(MODEL).flatMap(({ kind }) => kind?.['type'] ?? []);
const asTodo = (row: Row): TodoRow => row as unknown as TodoRow;
const None = () => <span className="ct-none">–</span>;

const OWN: readonly Column[] = [
  {
    id: 'dependants',
    label: 'Num Dependants',
    value: (row) => asTodo(row).dependants,
    view: (row) => asTodo(row).dependants,
  },
  {
    id: 'waits_for',
    label: 'Waits for',
    value: (row) => asTodo(row).waits_for.join(', '),
    view: (row) => {
      const ids = asTodo(row).waits_for;
      return ids.length === 0 ? (
        <None />
      ) : (
        <ul className="ct-inline-list">
          {ids.map((id) => (
            <li key={id}>
              <Link to={objectPath('Building/Dependency', id)}>dependency {id}</Link>
            </li>
          ))}
        </ul>
      );
    },
  },
  {
    id: 'complex',
    label: 'Complex',
    isFacet: true,
    value: (row) => asTodo(row).complex?.id ?? null,
    view: (row) => {
      const { complex } = asTodo(row);
      return complex === null ? <None /> : <Link to={objectPath(complex.model, complex.id)}>{complex.id}</Link>;
    },
  },
];

/** The foundations that are still to be dealt with. */
export function TodoPage() {
  const [site] = useSite();
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  const waiting = search.get('waiting') === '1';
  const type = search.get('type') ?? undefined;
  const model = modelAt(MODEL);
  const selection = site === undefined ? {} : { filter: 'site', parameters: { site } };
  const foundations = useWholeList(MODEL, selection);
  // What a foundation waits for may be at another site.
  const dependencies = useWholeList('Building/Dependency', {}, mayUse(session, 'Building.view_dependency'));
  const carriers = useCarriers(site);
  const rows = useMemo(
    () => todoOf(foundations.rows, dependencies.rows, carriers, { waiting, type }),
    [foundations.rows, dependencies.rows, carriers, waiting, type],
  );
  // The type is chosen beside them: it is no second choice among the values of its column.
  const columns = useMemo(
    () => [...columnsOf(model).map((one) => (one.id === 'type' ? { ...one, isFacet: false } : one)), ...OWN],
    [model],
  );
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: true });
  };
  // All of them are known when the last foundation is: until then more may come.
  const isWhole = foundations.rows.length === foundations.total;
  return (
    <Page title="Todo" about="Foundations that are not built yet: planned, or located.">
      <ObjectTable
        model={model}
        list={{ ...foundations, rows, total: isWhole ? rows.length : foundations.total }}
        columns={columns}
        usual={USUAL}
        empty={
          waiting || type !== undefined
            ? 'No foundation that is still to be built is one of these.'
            : 'Every foundation here is built.'
        }
        bulk={(chosen, clear) => <BulkActions model={model} rows={chosen} onDone={clear} />}
        actions={
          <>
            <Checkbox
              id="todo-waiting"
              label={<span className="ct-nowrap">Has Dependencies</span>}
              isChecked={waiting}
              onChange={(_, on) => set('waiting', on ? '1' : '')}
            />
            <FormSelect
              id="todo-type"
              aria-label="Foundation Class"
              value={type ?? ''}
              onChange={(_, value) => set('type', value)}
            >
              <FormSelectOption value="" label="<All>" />
              {types.map((one) => (
                <FormSelectOption key={one} value={one} label={one} />
              ))}
            </FormSelect>
          </>
        }
      />
    </Page>
  );
}
