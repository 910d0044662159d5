import { describe, expect, it } from '@jest/globals';
import type { Position } from './plot-layout.ts';
import { MAX_PLACES, placeText, plotLayout, unitsText } from './plot-layout.ts';

const at = (locator: string, where: Partial<Position> = {}): Position => ({
  locator,
  rack: null,
  unit: null,
  height: 1,
  x: null,
  y: null,
  ...where,
});
const names = (positions: readonly Position[]) => positions.map(({ locator }) => locator);

describe('the racks of a plot', () => {
  it('stand in the order of their names, each drawn up to its highest unit that is taken', () => {
    const { racks } = plotLayout([
      at('c', { rack: 'r10', unit: 1 }),
      at('a', { rack: 'r2', unit: 4, height: 2 }),
      at('b', { rack: 'r2', unit: 12, height: 3 }),
    ]);
    expect(racks.map(({ name, top, mounted }) => [name, top, names(mounted)])).toEqual([
      ['r2', 14, ['b', 'a']],
      ['r10', 1, ['c']],
    ]);
  });

  it('have what stands in no unit beside them', () => {
    const { racks, nowhere } = plotLayout([at('b10', { rack: 'r1' }), at('b9', { rack: 'r1' })]);
    expect(racks).toEqual([
      { name: 'r1', top: 0, mounted: [], loose: [at('b9', { rack: 'r1' }), at('b10', { rack: 'r1' })] },
    ]);
    expect(nowhere).toEqual([]);
  });
});

describe('the floor of a plot', () => {
  it('has a place for each point where something stands: its racks, and machines of none', () => {
    const { floor } = plotLayout([
      at('a', { rack: 'r1', unit: 1, x: 0, y: 1 }),
      at('b', { rack: 'r1', unit: 2, x: 0, y: 1 }),
      at('c', { rack: '', x: 0, y: 1 }),
      at('d', { x: 1, y: 0 }),
    ]);
    expect(floor.places).toEqual([
      { x: 1, y: 0, column: 1, row: 0, racks: [], machines: [at('d', { x: 1, y: 0 })] },
      {
        x: 0,
        y: 1,
        column: 0,
        row: 1,
        racks: [{ name: 'r1', machines: 2 }],
        machines: [at('c', { rack: '', x: 0, y: 1 })],
      },
    ]);
  });

  it('leaves out where nothing stands for long', () => {
    const { floor } = plotLayout([at('a', { x: -1, y: 7 }), at('b', { x: 2, y: 7 }), at('c', { x: 1_000_000, y: 8 })]);
    expect(floor.columns).toEqual([
      { at: -1 },
      { at: 0 },
      { at: 1 },
      { at: 2 },
      { leftOut: 999_997 },
      { at: 1_000_000 },
    ]);
    expect(floor.rows).toEqual([{ at: 7 }, { at: 8 }]);
    expect(floor.places.map(({ column, row }) => [column, row])).toEqual([
      [0, 0],
      [3, 0],
      [5, 1],
    ]);
  });

  it('has no more places and lines than can be drawn', () => {
    const { floor } = plotLayout(
      Array.from({ length: MAX_PLACES + 5 }, (_, n) => at(`m${n}`, { x: 10 * n, y: 10 * n })),
    );
    expect([floor.count, floor.places.length]).toEqual([MAX_PLACES + 5, MAX_PLACES]);
    // Between two of them there is one line for what is left out.
    expect([floor.columns.length, floor.rows.length]).toEqual([2 * MAX_PLACES - 1, 2 * MAX_PLACES - 1]);
  });

  it('has nothing of what has one coordinate alone, which stands nowhere in particular', () => {
    const { floor, nowhere } = plotLayout([at('a', { x: 3 }), at('b'), at('c', { rack: 'r1', y: 3 })]);
    expect(floor).toEqual({ count: 0, columns: [], rows: [], places: [] });
    expect(names(nowhere)).toEqual(['a', 'b']);
  });
});

it.each([
  [12, 1, 'unit 12'],
  [12, 2, 'units 12 to 13'],
])('from unit %i, %i high, is told as %s', (unit, height, text) => {
  expect(unitsText(unit, height)).toBe(text);
});

it.each<[Partial<Position>, string]>([
  [{ rack: 'r1', unit: 3, height: 2, x: 0, y: -4 }, 'rack r1, units 3 to 4, at x 0, y -4'],
  [{ rack: 'r1' }, 'rack r1'],
  [{ x: 1, y: 2 }, 'at x 1, y 2'],
  [{ rack: '', x: 1 }, ''],
])('where it stands: %j is %j', (where, text) => {
  expect(placeText(at('a', where))).toBe(text);
});
