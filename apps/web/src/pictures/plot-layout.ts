/** Where in a plot a foundation stands, as the API tells it. */
export interface Position {
  readonly locator: string;
  readonly rack: string | null;
  readonly unit: number | null;
  readonly height: number;
  readonly x: number | null;
  readonly y: number | null;
}

/** A rack as it is seen from the front. */
export interface RackView {
  readonly name: string;
  /** The highest unit that is taken, which it is drawn up to. */
  readonly top: number;
  /** What stands in its units, from the top. */
  readonly mounted: readonly (Position & { readonly unit: number })[];
  /** What stands in it, nobody has said where. */
  readonly loose: readonly Position[];
}

/** A line of the grid: a coordinate, or so many that are left out because nothing stands there. */
export type Line = { readonly at: number } | { readonly leftOut: number };

/** What stands at one point of the floor. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** Which column and which row of the picture it is in, from 0. */
  readonly column: number;
  readonly row: number;
  readonly racks: readonly { readonly name: string; readonly machines: number }[];
  readonly machines: readonly Position[];
}

/** A floor seen from above: x to the right, y downwards. */
export interface Floor {
  /** How many places there are; of those, the first `MAX_PLACES` from above are in it. */
  readonly count: number;
  readonly columns: readonly Line[];
  readonly rows: readonly Line[];
  readonly places: readonly Place[];
}

/** What a plot looks like. */
export interface PlotLayout {
  readonly floor: Floor;
  readonly racks: readonly RackView[];
  /** What stands in the plot, nobody has said where. */
  readonly nowhere: readonly Position[];
}

/** The most places of a floor that are drawn, and lines for. */
export const MAX_PLACES = 1000;

/** So many coordinates in a row are drawn although nothing stands there; more of them are one line. */
const MAX_EMPTY = 2;

const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const isIn = (rack: string | null): rack is string => rack !== null && rack !== '';

/** What a plot looks like, by the positions in it: its floor from above, and its racks from the front. */
export function plotLayout(positions: readonly Position[]): PlotLayout {
  const sorted = [...positions].sort((a, b) => byName(a.locator, b.locator));
  return {
    floor: floorOf(sorted),
    racks: racksOf(sorted),
    nowhere: sorted.filter(({ rack, x, y }) => !isIn(rack) && (x === null || y === null)),
  };
}

function racksOf(positions: readonly Position[]): readonly RackView[] {
  const names = [...new Set(positions.map(({ rack }) => rack).filter(isIn))].sort(byName);
  return names.map((name) => {
    const all = positions.filter(({ rack }) => rack === name);
    const mounted = all
      .flatMap((one) => (one.unit === null ? [] : [{ ...one, unit: one.unit }]))
      .sort((a, b) => b.unit - a.unit);
    const top = Math.max(0, ...mounted.map(({ unit, height }) => unit + height - 1));
    return { name, top, mounted, loose: all.filter(({ unit }) => unit === null) };
  });
}

function floorOf(positions: readonly Position[]): Floor {
  const points = new Map<string, { readonly x: number; readonly y: number; readonly all: Position[] }>();
  for (const one of positions) {
    const { x, y } = one;
    if (x === null || y === null) continue;
    const point = points.get(`${x} ${y}`) ?? { x, y, all: [] };
    point.all.push(one);
    points.set(`${x} ${y}`, point);
  }
  const all = [...points.values()].sort((a, b) => a.y - b.y || a.x - b.x).slice(0, MAX_PLACES);
  const columns = linesOf(all.map(({ x }) => x));
  const rows = linesOf(all.map(({ y }) => y));
  const [columnAt, rowAt] = [indexOf(columns), indexOf(rows)];
  const places = all.map(({ x, y, all: here }): Place => ({
    x,
    y,
    column: columnAt.get(x) ?? 0,
    row: rowAt.get(y) ?? 0,
    racks: countsOf(here.map(({ rack }) => rack).filter(isIn)),
    machines: here.filter(({ rack }) => !isIn(rack)),
  }));
  return { count: points.size, columns, rows, places };
}

/** How many machines each rack has, of those of a machine each. */
function countsOf(racks: readonly string[]): Place['racks'] {
  const counts = new Map<string, number>();
  for (const rack of racks) counts.set(rack, (counts.get(rack) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => byName(a, b)).map(([name, machines]) => ({ name, machines }));
}

/** At which line each coordinate is. */
const indexOf = (lines: readonly Line[]): ReadonlyMap<number, number> =>
  new Map(lines.flatMap((line, index) => ('at' in line ? [[line.at, index]] : [])));

/** The lines on which something stands, in their order, with what is between them. */
function linesOf(coordinates: readonly number[]): readonly Line[] {
  const taken = [...new Set(coordinates)].sort((a, b) => a - b);
  return taken.flatMap((at, n): Line[] => {
    const empty = n === 0 ? 0 : at - taken[n - 1]! - 1;
    if (empty > MAX_EMPTY) return [{ leftOut: empty }, { at }];
    return Array.from({ length: empty + 1 }, (_, step) => ({ at: at - empty + step }));
  });
}

/** Units as they are told: `unit 12`, `units 12 to 13`. */
export const unitsText = (unit: number, height: number): string =>
  height === 1 ? `unit ${unit}` : `units ${unit} to ${unit + height - 1}`;

/** Where in its plot something stands, in words; empty where nobody has said. */
export function placeText({ rack, unit, height, x, y }: Position): string {
  const inRack = isIn(rack) ? [`rack ${rack}${unit === null ? '' : `, ${unitsText(unit, height)}`}`] : [];
  return [...inRack, ...(x === null || y === null ? [] : [`at x ${x}, y ${y}`])].join(', ');
}

/** Where on the page a rack is drawn. */
export const rackAnchor = (name: string): string => `rack-${encodeURIComponent(name)}`;
