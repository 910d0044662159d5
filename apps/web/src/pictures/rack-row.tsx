import { MachineCard } from './machine-card.tsx';
import type { RackView } from './plot-layout.ts';
import { rackAnchor, unitsText } from './plot-layout.ts';

/** The most racks that are drawn: the list below has all. */
const MAX_RACKS = 100;

interface RackRowProps {
  readonly racks: readonly RackView[];
  /** Of the machines, by locator. */
  readonly states: ReadonlyMap<string, string | undefined>;
  /** The machine that is looked at. */
  readonly current?: string;
}

/** Racks beside each other, each from the front: its units from the highest that is taken down to the first. */
export function RackRow({ racks, states, current }: RackRowProps) {
  const drawn = racks.slice(0, MAX_RACKS);
  return (
    <>
      {racks.length > drawn.length && (
        <p className="ct-small">
          These are the first {MAX_RACKS} of {racks.length.toLocaleString()} racks.
        </p>
      )}
      <div className="ct-plot ct-racks" role="region" aria-label="The racks, from the front" tabIndex={0}>
        {drawn.map((rack) => (
          <Rack key={rack.name} rack={rack} states={states} current={current} />
        ))}
      </div>
    </>
  );
}

function Rack({
  rack: { name, top, mounted, loose },
  states,
  current,
}: Pick<RackRowProps, 'states'> & { readonly rack: RackView; readonly current: string | undefined }) {
  const units = Array.from({ length: top }, (_, at) => top - at);
  return (
    <figure className="ct-rack" id={rackAnchor(name)} aria-label={`Rack ${name}`}>
      <figcaption>{name}</figcaption>
      {top > 0 && (
        <ul className="ct-units">
          {units.map((unit, at) => (
            <li key={unit} aria-hidden="true" className="ct-unit" style={{ gridArea: `${at + 1} / 1 / auto / 3` }}>
              {unit}
            </li>
          ))}
          {mounted.map(({ locator, unit, height }) => (
            <li
              key={locator}
              className="ct-mounted"
              style={{ gridArea: `${top - unit - height + 2} / 2 / span ${height}` }}
            >
              <MachineCard
                locator={locator}
                state={states.get(locator)}
                where={unitsText(unit, height)}
                isCurrent={locator === current}
              />
            </li>
          ))}
        </ul>
      )}
      {loose.length > 0 && (
        <>
          <p className="ct-small">In no unit:</p>
          <ul>
            {loose.map(({ locator }) => (
              <li key={locator}>
                <MachineCard locator={locator} state={states.get(locator)} isCurrent={locator === current} />
              </li>
            ))}
          </ul>
        </>
      )}
    </figure>
  );
}
