import { MachineCard } from './machine-card.tsx';
import type { Floor, Line } from './plot-layout.ts';
import { MAX_PLACES, rackAnchor } from './plot-layout.ts';

interface FloorPlanProps {
  readonly floor: Floor;
  /** Of the machines, by locator. */
  readonly states: ReadonlyMap<string, string | undefined>;
}

const lineText = (line: Line): string => ('at' in line ? String(line.at) : '⋯');
const lineTitle = (line: Line, name: string): string | undefined =>
  'at' in line ? undefined : `${line.leftOut.toLocaleString()} ${name} where nothing stands`;

/** A floor seen from above: what stands at which point of its grid. */
export function FloorPlan({ floor: { count, columns, rows, places }, states }: FloorPlanProps) {
  return (
    <>
      {count > places.length && (
        <p className="ct-small">
          These are the first {MAX_PLACES.toLocaleString()} places of {count.toLocaleString()}.
        </p>
      )}
      <div className="ct-plot" role="region" aria-label="The floor, from above" tabIndex={0}>
        <ul className="ct-floor">
          <li aria-hidden="true" className="ct-axis" style={{ gridArea: '1 / 1' }}>
            y ╲ x
          </li>
          {columns.map((line, at) => (
            <li
              key={`x${lineText(line)}${at}`}
              aria-hidden="true"
              className="ct-axis"
              title={lineTitle(line, 'columns')}
              style={{ gridArea: `1 / ${at + 2}` }}
            >
              {lineText(line)}
            </li>
          ))}
          {rows.map((line, at) => (
            <li
              key={`y${lineText(line)}${at}`}
              aria-hidden="true"
              className="ct-axis"
              title={lineTitle(line, 'rows')}
              style={{ gridArea: `${at + 2} / 1` }}
            >
              {lineText(line)}
            </li>
          ))}
          {places.map(({ x, y, column, row, racks, machines }) => (
            <li key={`${x} ${y}`} className="ct-place" style={{ gridArea: `${row + 2} / ${column + 2}` }}>
              <span className="pf-v6-screen-reader">
                At x {x}, y {y}:
              </span>
              {racks.map(({ name, machines: count }) => (
                <div key={name} className="ct-rack-above">
                  <a href={`#${rackAnchor(name)}`}>{name}</a>
                  <span className="ct-small">{count === 1 ? '1 machine' : `${count} machines`}</span>
                </div>
              ))}
              {machines.map(({ locator }) => (
                <MachineCard key={locator} locator={locator} state={states.get(locator)} />
              ))}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
