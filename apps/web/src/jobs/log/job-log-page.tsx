import { Label } from '@patternfly/react-core';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { Page } from '../../app/page.tsx';
import { useSite } from '../../app/site.ts';
import type { Column } from '../../list/column.ts';
import { columnsOf } from '../../list/columns-of.tsx';
import { ObjectTable } from '../../list/object-table.tsx';
import { modelAt } from '../../model/models.ts';
import { objectPath } from '../../model/places.ts';
import type { Row } from '../../model/types.ts';
import { durationText } from '../durations.ts';
import { outcomeOf, tookMs } from './outcome.ts';
import { useNewestList } from './use-newest-list.ts';

const MODEL = 'Foreman/JobLog';
const USUAL = [
  'job_id',
  'site',
  'target_class',
  'target_description',
  'script_name',
  'outcome',
  'creator',
  'started_at',
  'finished_at',
  'took',
  'canceled_by',
  'canceled_at',
];
const COLORS = { done: 'green', cancelled: 'orange', 'under way': 'blue' } as const;
const FACETS = new Set(['target_class', 'script_name', 'creator', 'site']);
const NARROW = new Set([...FACETS, 'canceled_by']);
/** As they have always been called. */
const LABELS: Readonly<Record<string, string>> = { canceled_by: 'Cancelled by', canceled_at: 'Cancelled at' };

const targetOf = (row: Row): string => objectPath(`Building/${String(row['target_class'])}`, String(row['target_id']));

function columnsOfLog(): readonly Column[] {
  const known = columnsOf(modelAt(MODEL)).map((column): Column => {
    const { id } = column;
    const label = LABELS[id] ?? column.label;
    const facet = FACETS.has(id) ? { isFacet: true } : {};
    if (id === 'job_id') {
      const view = (row: Row) => (
        <Link to={objectPath(`Foreman/${String(row['target_class'])}Job`, row['job_id'] as number)}>
          {String(row['job_id'])}
        </Link>
      );
      return { ...column, label, view };
    }
    if (id === 'target_description') {
      return {
        ...column,
        label,
        view: (row) => <Link to={targetOf(row)}>{String(row['target_description'])}</Link>,
      };
    }
    return { ...column, label, ...facet, ...(NARROW.has(id) ? { width: 'narrow' as const } : {}) };
  });
  return [
    ...known,
    {
      id: 'outcome',
      label: 'Outcome',
      width: 'narrow',
      isFacet: true,
      value: outcomeOf,
      view: (row) => {
        const outcome = outcomeOf(row);
        return (
          <Label isCompact color={COLORS[outcome]}>
            {outcome}
          </Label>
        );
      },
    },
    {
      id: 'took',
      label: 'Took',
      width: 'narrow',
      value: tookMs,
      view: (row) => {
        const took = tookMs(row);
        return took === undefined ? <span className="ct-none">–</span> : durationText(took);
      },
    },
  ];
}

/** What was built, destroyed and done, the newest first. */
export function JobLogPage() {
  const [site] = useSite();
  const columns = useMemo(columnsOfLog, []);
  const model = modelAt(MODEL);
  const list = useNewestList(MODEL, site === undefined ? {} : { filter: 'site', parameters: { site } });
  return (
    <Page title="Job Log" about={model.doc}>
      <ObjectTable
        model={model}
        list={list}
        columns={columns}
        usual={USUAL}
        empty="No job was made yet: build a foundation or a structure."
      />
    </Page>
  );
}
