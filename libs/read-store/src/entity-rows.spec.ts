import { describe, expect, it } from '@jest/globals';
import { entity } from '#kernel';
import { moment, rowsAfter } from '#testing';
import type { EntityRow } from './entity-rows.ts';
import { entityRows } from './entity-rows.ts';
import { rule } from './read-model.ts';

interface Rack {
  units: number;
  row: string | null;
}

const rack = entity<Rack>()({
  noun: 'Rack',
  category: 'rack',
  changes: { UnitsCounted: 'units', RackMoved: 'row' },
});
const racks = entityRows(rack, {
  name: 'racks',
  version: 3,
  key: 'text',
  indexes: { row: ({ row }: EntityRow<Rack>) => row },
});

const defined = { type: 'RackDefined', data: { units: 42, row: 'r1' } };

describe('the rows of a plain noun', () => {
  it('hold its fields, when it was made and when it was last changed', () => {
    const moved = { type: 'RackMoved', data: { row: null } };
    expect([...rowsAfter(racks, ['a', defined], ['b', defined], ['a', moved])]).toEqual([
      ['a', { units: 42, row: null, created: moment(1), updated: moment(3) }],
      ['b', { units: 42, row: 'r1', created: moment(2), updated: moment(2) }],
    ]);
  });

  it('are gone when it is deleted, not while it is being deleted', () => {
    const closed = { type: 'RackClosed', data: {} };
    expect(rowsAfter(racks, ['a', defined], ['a', closed]).get('a')).toMatchObject({ units: 42, updated: moment(1) });
    expect(rowsAfter(racks, ['a', defined], ['a', closed], ['a', { type: 'RackDeleted', data: {} }]).size).toBe(0);
  });

  it('are not made by a change of what is not there', () => {
    expect(rowsAfter(racks, ['a', { type: 'UnitsCounted', data: { units: 1 } }]).size).toBe(0);
  });

  it('keep every version, and are found by their indexes', () => {
    expect(racks).toMatchObject({ name: 'racks', version: 3, key: 'text', history: true });
    expect(racks.indexes['row']?.({ units: 1, row: 'r9', created: '', updated: '' })).toBe('r9');
  });

  it('may fold some events by rules of their own', () => {
    type Row = EntityRow<Rack> & { readonly moves?: number };
    const counting = entityRows<Rack, Row>(rack, {
      name: 'racks',
      version: 1,
      key: 'text',
      on: {
        RackMoved: rule<Row, { row: string | null }>((row, { data }) =>
          row ? { ...row, ...data, moves: (row.moves ?? 0) + 1 } : undefined,
        ),
      },
    });
    const moved = { type: 'RackMoved', data: { row: 'r2' } };
    expect(rowsAfter(counting, ['a', defined], ['a', moved], ['a', moved]).get('a')).toEqual({
      units: 42,
      row: 'r2',
      moves: 2,
      created: moment(1),
      updated: moment(1),
    });
  });
});
