import { Label } from '@patternfly/react-core';
import { useMemo } from 'react';
import { useSite } from '../app/site.ts';
import type { Column } from '../list/column.ts';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { modelAt } from '../model/models.ts';
import type { Row } from '../model/types.ts';
import { OperationPage } from './operation-page.tsx';

const MODEL = modelAt('SubContractor/Subcontractor');
const USUAL = ['id', 'state', 'site', 'transport', 'serves', 'since', 'last_seen'];

const isThere = (row: Row): boolean => row['present'] === true;

/** What it serves, with how many tasks of each it takes at a time. */
function served(row: Row): readonly string[] {
  const limits = (row['limits'] ?? {}) as Readonly<Record<string, number | null>>;
  return Object.entries(limits).map(([name, limit]) => (limit === null ? name : `${name} × ${limit}`));
}

const EXTRA: readonly Column[] = [
  {
    id: 'state',
    label: 'State',
    value: (row) => (isThere(row) ? 'there' : 'gone'),
    view: (row) => (
      <Label isCompact color={isThere(row) ? 'green' : 'red'}>
        {isThere(row) ? 'there' : 'gone'}
      </Label>
    ),
    width: 'narrow',
    isFacet: true,
  },
  {
    id: 'serves',
    label: 'Serves',
    value: (row) => served(row).join(', '),
    view: (row) => served(row).join(', ') || <span className="ct-none">nothing</span>,
    width: 'wide',
  },
];

/** Which subcontractors are there, and were: what they serve, since when, and when they were last heard of. */
export function SubcontractorsPage() {
  const [site] = useSite();
  const selection = site === undefined ? {} : { filter: 'site', parameters: { site } };
  const columns = useMemo(() => [...columnsOf(MODEL), ...EXTRA], []);
  return (
    <OperationPage
      title="Subcontractors"
      about="The agents that do the work at the sites. Those that are gone are remembered for 30 days; the one inside the server is not among them."
    >
      <ObjectTable
        model={MODEL}
        list={useWholeList(MODEL.path, selection)}
        columns={columns}
        usual={USUAL}
        empty="None has shown itself yet: docs/subcontractor.md tells how one is set up."
      />
    </OperationPage>
  );
}
