import { useMemo } from 'react';
import { useSite } from '../../app/site.ts';
import type { Column } from '../../list/column.ts';
import { columnsOf } from '../../list/columns-of.tsx';
import { ObjectTable } from '../../list/object-table.tsx';
import { useWholeList } from '../../list/use-whole-list.ts';
import { modelAt } from '../../model/models.ts';
import { objectPath } from '../../model/places.ts';
import type { Row } from '../../model/types.ts';
import { Link } from 'react-router';
import { HoldActions } from './hold-actions.tsx';

const MODEL = 'Foreman/Hold';
const USUAL = ['id', 'job', 'description', 'holder', 'state', 'until', 'when_over', 'target', 'script', 'actions'];

/** Holds that are open: what jobs wait for that somebody has to let go of. */
export function HoldsTab() {
  const [site] = useSite();
  const model = modelAt(MODEL);
  const list = useWholeList(MODEL, site === undefined ? {} : { filter: 'site', parameters: { site } });
  const columns = useMemo(
    (): readonly Column[] => [
      ...columnsOf(model).map((column) => {
        if (column.id === 'job') return { ...column, view: (row: Row) => <JobLink row={row} /> };
        if (column.id === 'target') return { ...column, view: (row: Row) => <TargetLink row={row} /> };
        return column;
      }),
      { id: 'actions', label: 'Actions', value: () => null, view: (row) => <HoldActions id={String(row['id'])} /> },
    ],
    [model],
  );
  return (
    <ObjectTable
      model={model}
      list={list}
      columns={columns}
      usual={USUAL}
      empty="Hold rules have jobs wait that destroy or maintain something, until whoever they name has released them."
    />
  );
}

const JobLink = ({ row }: { readonly row: Row }) => (
  <Link to={objectPath(`Foreman/${String(row['target_kind'])}Job`, row['job'] as number)}>{String(row['job'])}</Link>
);

const TargetLink = ({ row }: { readonly row: Row }) => (
  <Link to={objectPath(`Building/${String(row['target_kind'])}`, String(row['target']))}>{String(row['target'])}</Link>
);
