import { EmptyState, EmptyStateBody, EmptyStateFooter, Skeleton } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '../api/query-keys.ts';
import { Problem } from '../api/problem.ts';
import { pathOf, send } from '../api/request.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { ReferenceLink } from '../model/reference-link.tsx';
import { CreateButton } from '../nouns/create-button.tsx';
import type { TabProps } from '../object/tab.ts';
import './pictures.css';
import type { Position } from './plot-layout.ts';
import { placeText, plotLayout } from './plot-layout.ts';
import { RackRow } from './rack-row.tsx';
import { usePlot } from './use-plot.ts';

const MODEL = 'Survey/Position';

type PositionInPlot = Position & { readonly plot: string };

/** The position of a foundation; null: nobody has said where it stands. */
async function readPosition(locator: string, signal: AbortSignal): Promise<PositionInPlot | null> {
  try {
    return (await send<PositionInPlot>('GET', pathOf(MODEL, locator), { signal })).body;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** Where a foundation stands: its plot, and its rack from the front. */
export default function PlaceTab({ id }: TabProps) {
  const locator = String(id);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.about(MODEL, locator, 'place'),
    queryFn: ({ signal }) => readPosition(locator, signal),
  });
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton screenreaderText="Loading" height="8rem" />;
  if (data) return <Place position={data} />;
  return (
    <EmptyState headingLevel="h2" variant="sm" titleText="Nobody has said where it stands">
      <EmptyStateBody>A position says in which plot and rack it is, and where on the floor.</EmptyStateBody>
      <EmptyStateFooter>
        <CreateButton path={MODEL} preset={{ locator }} />
      </EmptyStateFooter>
    </EmptyState>
  );
}

function Place({ position }: { readonly position: PositionInPlot }) {
  const { plot, rack, locator } = position;
  const { positions } = usePlot(plot);
  const racks = useMemo(() => plotLayout(positions).racks.filter(({ name }) => name === rack), [positions, rack]);
  const states = useMemo(() => new Map(positions.map((one) => [one.locator, one.state])), [positions]);
  const where = placeText(position);
  return (
    <>
      <p className="ct-notice">
        In <ReferenceLink model="Survey/Plot" id={plot} />
        {where === '' ? '' : `: ${where}`} (<ReferenceLink model={MODEL} id={locator} />)
      </p>
      {racks.length > 0 && <RackRow racks={racks} states={states} current={locator} />}
    </>
  );
}
