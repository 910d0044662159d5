import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { RackCommand, RackEvent } from './rack.ts';
import { rack } from './rack.ts';

const take = (foundation: string, unit: number, height = 1): RackCommand => ({
  type: 'TakeUnits',
  data: { foundation, unit, height },
});
const taken = (foundation: string, unit: number, height = 1): RackEvent => ({
  type: 'UnitsTaken',
  data: { foundation, unit, height },
});

describe('a unit of a rack', () => {
  it('is taken by one foundation', () => {
    given(rack, taken('f1', 10, 2))
      .when(take('f2', 11))
      .refuses('unit', 'TAKEN');
    given(rack, taken('f1', 10, 2))
      .when(take('f2', 9, 2))
      .refuses('unit', 'TAKEN');
    given(rack, taken('f1', 10, 2))
      .when(take('f2', 12))
      .yields(taken('f2', 12));
    given(rack, taken('f1', 10, 2))
      .when(take('f2', 8, 2))
      .yields(taken('f2', 8, 2));
  });
  it('is no hindrance to the one that has it', () => {
    given(rack, taken('f1', 10, 2))
      .when(take('f1', 10, 2))
      .yieldsNothing();
    given(rack, taken('f1', 10, 2))
      .when(take('f1', 11, 2))
      .yields(taken('f1', 11, 2));
  });
  it('is free again when that one goes', () => {
    const freed: RackEvent = { type: 'UnitsFreed', data: { foundation: 'f1' } };
    given(rack, taken('f1', 10))
      .when({ type: 'FreeUnits', data: { foundation: 'f1' } })
      .yields(freed);
    given(rack, taken('f1', 10), freed).when(take('f2', 10)).yields(taken('f2', 10));
    given(rack)
      .when({ type: 'FreeUnits', data: { foundation: 'f1' } })
      .yieldsNothing();
  });
});
