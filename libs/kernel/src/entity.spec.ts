import { describe, expect, it } from '@jest/globals';
import { given, stateAfter } from '#testing';
import { entity } from './entity.ts';

interface Rack {
  units: number;
  labels: Readonly<Record<string, string>>;
  row: string | null;
  place: string | null;
}

const CHANGES = { UnitsCounted: 'units', LabelsWritten: 'labels', RackMoved: ['row', 'place'] } as const;

const rack = entity<Rack>()({
  noun: 'Rack',
  title: 'equipment rack',
  category: 'rack',
  changes: CHANGES,
});

const value: Rack = { units: 42, labels: { a: '1', b: '2' }, row: 'r1', place: 'p1' };
const defined = { type: 'RackDefined', data: value } as const;
const closed = { type: 'RackClosed', data: {} } as const;
const deleted = { type: 'RackDeleted', data: {} } as const;
const define = { type: 'DefineRack', data: value } as const;
const change = (data: Partial<Rack>) => ({ type: 'ChangeRack', data }) as const;

describe('a plain noun', () => {
  it('is defined once, and again when it was deleted', () => {
    given(rack).when(define).yields(defined);
    given(rack, defined).when(define).refuses('name', 'TAKEN');
    given(rack, defined, closed).when(define).refuses('name', 'TAKEN');
    given(rack, defined, closed, deleted).when(define).yields(defined);
  });

  it('is called by its title in what people read', () => {
    const decision = rack.decide.DefineRack(value, { stage: 'active', value });
    expect(decision).toMatchObject({ faults: [{ text: 'equipment rack with this Name already exists.' }] });
  });

  it('keeps its number for ever, where that is its id', () => {
    const numbered = entity<Rack>()({ noun: 'Rack', category: 'rack', idField: 'id', changes: CHANGES });
    given(numbered, defined, closed, deleted).when(define).refuses('id', 'TAKEN');
  });

  it.each<[string, Partial<Rack>, object[]]>([
    ['one field', { units: 40 }, [{ type: 'UnitsCounted', data: { units: 40 } }]],
    [
      'several',
      { units: 1, row: null },
      [
        { type: 'UnitsCounted', data: { units: 1 } },
        { type: 'RackMoved', data: { row: null, place: 'p1' } },
      ],
    ],
    [
      'fields that go together, one of them',
      { place: 'p2' },
      [{ type: 'RackMoved', data: { row: 'r1', place: 'p2' } }],
    ],
    [
      'the order of keys',
      { labels: { b: '2', a: '1' } },
      [{ type: 'LabelsWritten', data: { labels: { b: '2', a: '1' } } }],
    ],
    ['nothing', {}, []],
    ['what is so already', { ...value, labels: { a: '1', b: '2' } }, []],
    ['what is not given', Object.fromEntries([['units', undefined]]), []],
  ])('is changed by an event for each: %s', (_, data, events) => {
    given(rack, defined)
      .when(change(data))
      .yields(...(events as never[]));
  });

  it('is not changed where it is absent, being deleted, or deleted', () => {
    given(rack)
      .when(change({ units: 1 }))
      .refuses('', 'NOT_FOUND');
    given(rack, defined, closed)
      .when(change({ units: 1 }))
      .refuses('', 'NOT_FOUND');
    given(rack, defined, closed, deleted)
      .when(change({ units: 1 }))
      .refuses('', 'NOT_FOUND');
  });

  it('is closed, reopened and deleted', () => {
    given(rack, defined).when({ type: 'CloseRack', data: {} }).yields(closed);
    given(rack, defined, closed).when({ type: 'ReopenRack', data: {} }).yields({ type: 'RackReopened', data: {} });
    given(rack, defined, closed).when({ type: 'DeleteRack', data: {} }).yields(deleted);
    given(rack, defined).when({ type: 'DeleteRack', data: {} }).refuses('', 'NOT_CLOSED');
  });

  it('has the state its events tell', () => {
    const moved = { type: 'RackMoved', data: { row: 'r2', place: null } } as const;
    expect(stateAfter(rack, defined, moved)).toEqual({
      stage: 'active',
      value: { ...value, row: 'r2', place: null },
    });
    expect(stateAfter(rack, defined, closed)).toEqual({ stage: 'deleting', value });
    expect(stateAfter(rack, defined, closed, deleted)).toEqual({ stage: 'deleted' });
    expect(stateAfter(rack, moved)).toEqual({ stage: 'absent' });
  });

  it('may begin with an event of another name', () => {
    const placed = entity<Rack>()({ noun: 'Rack', category: 'rack', defined: 'RackPlaced', changes: CHANGES });
    given(placed).when(define).yields({ type: 'RackPlaced', data: value });
    expect([placed.defined, placed.changes, placed.creationCommands]).toEqual([
      'RackPlaced',
      ['UnitsCounted', 'LabelsWritten', 'RackMoved'],
      ['DefineRack'],
    ]);
  });

  it('has commands and events of the types of its fields', () => {
    // @ts-expect-error a field that is not there
    const other = change({ colour: 'red' });
    // @ts-expect-error a value of another type
    const wrong = change({ units: 'many' });
    // @ts-expect-error no event of this noun
    given(rack, { type: 'RackPainted', data: {} });
    // @ts-expect-error an event without its data
    given(rack, { type: 'UnitsCounted', data: { row: 'r1' } });
    // @ts-expect-error changes of a field that is not there
    entity<Rack>()({ noun: 'Rack', category: 'rack', changes: { RackPainted: 'colour' } });
    expect([other.type, wrong.type]).toEqual(['ChangeRack', 'ChangeRack']);
  });
});
