import { Content, EmptyState, EmptyStateBody, EmptyStateFooter, Skeleton } from '@patternfly/react-core';
import { useMemo } from 'react';
import { ProblemView } from '../app/problem-view.tsx';
import type { Column } from '../list/column.ts';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import { modelAt } from '../model/models.ts';
import { ReferenceLink } from '../model/reference-link.tsx';
import { StateLabel } from '../model/state-label.tsx';
import { CreateButton } from '../nouns/create-button.tsx';
import type { TabProps } from '../object/tab.ts';
import { FloorPlan } from './floor-plan.tsx';
import { MachineCard } from './machine-card.tsx';
import './pictures.css';
import { plotLayout } from './plot-layout.ts';
import { RackRow } from './rack-row.tsx';
import { MAX_STATES, usePlot } from './use-plot.ts';

const POSITION = modelAt('Survey/Position');

const STATE: Column = {
  id: 'state',
  label: 'State',
  value: (row) => row['state'],
  view: (row) => (typeof row['state'] === 'string' ? <StateLabel state={row['state']} /> : ''),
  width: 'narrow',
  isFacet: true,
};

/** The columns of positions, with a link to the foundation instead of one to the position. */
const COLUMNS: readonly Column[] = columnsOf(POSITION).flatMap((column) => {
  if (column.id === 'rack') return [{ ...column, isFacet: true }];
  if (column.id !== 'locator') return [column];
  const view: Column['view'] = ({ locator }) => <ReferenceLink model="Building/Foundation" id={String(locator)} />;
  return [{ ...column, label: 'Foundation', view }, STATE];
});
const USUAL = ['locator', 'state', 'rack', 'unit', 'height', 'x', 'y'];

/** What stands in a plot: its floor from above, its racks from the front, and all of it as a list. */
export default function PlotTab({ id }: TabProps) {
  const name = String(id);
  const { list, positions, within } = usePlot(name);
  const layout = useMemo(() => plotLayout(positions), [positions]);
  const states = useMemo(() => new Map(positions.map(({ locator, state }) => [locator, state])), [positions]);
  const create = <CreateButton path="Survey/Position" preset={{ plot: name }} />;
  if (list.error && list.rows.length === 0) return <ProblemView error={list.error} retry={list.retry} />;
  if (list.isPending) return <Skeleton screenreaderText="Loading" height="16rem" />;
  const inner = within.length > 0 && (
    <p>
      In it:{' '}
      {within.map((plot, at) => (
        <span key={plot}>
          {at > 0 && ', '}
          <ReferenceLink model="Survey/Plot" id={plot} />
        </span>
      ))}
    </p>
  );
  if (list.rows.length === 0) {
    return (
      <>
        {inner}
        <EmptyState headingLevel="h2" variant="sm" titleText="Nothing stands here">
          <EmptyStateBody>
            A position says where in a plot a foundation stands: in which rack and unit, and where on the floor.
          </EmptyStateBody>
          <EmptyStateFooter>{create}</EmptyStateFooter>
        </EmptyState>
      </>
    );
  }
  const { floor, racks, nowhere } = layout;
  return (
    <>
      {inner}
      {positions.length > MAX_STATES && (
        <p className="ct-small">The states of the first {MAX_STATES} machines are told.</p>
      )}
      {floor.places.length > 0 && (
        <section>
          <Content component="h3">The floor, from above</Content>
          <FloorPlan floor={floor} states={states} />
        </section>
      )}
      {racks.length > 0 && (
        <section>
          <Content component="h3">The racks, from the front</Content>
          <RackRow racks={racks} states={states} />
        </section>
      )}
      {nowhere.length > 0 && (
        <section>
          <Content component="h3">Somewhere in it</Content>
          <ul className="ct-machines">
            {nowhere.map(({ locator }) => (
              <li key={locator}>
                <MachineCard locator={locator} state={states.get(locator)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <Content component="h3">All of it</Content>
        <ObjectTable model={POSITION} list={list} columns={COLUMNS} usual={USUAL} actions={create} short />
      </section>
    </>
  );
}
