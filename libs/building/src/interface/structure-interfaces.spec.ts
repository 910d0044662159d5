import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { HeldLogical } from './structure-interfaces.ts';
import { MAX_LOGICAL_INTERFACES, structureInterfaces } from './structure-interfaces.ts';

const held = (id: number, change: Partial<HeldLogical> = {}): HeldLogical => ({
  id,
  name: `if${id}`,
  primary: null,
  secondaries: [],
  ...change,
});
const put = (...args: Parameters<typeof held>) => ({ type: 'LogicalInterfacePut', data: held(...args) }) as const;
const wanted = (...args: Parameters<typeof held>) => ({ type: 'PutLogicalInterface', data: held(...args) }) as const;

describe('the logical interfaces of a structure', () => {
  it('have names of their own', () => {
    given(structureInterfaces, put(1)).when(wanted(2)).yields(put(2));
    given(structureInterfaces, put(1))
      .when(wanted(2, { name: 'if1' }))
      .refuses('structure', 'TAKEN');
    given(structureInterfaces, put(1), { type: 'LogicalInterfaceDropped', data: { id: 1 } })
      .when(wanted(2, { name: 'if1' }))
      .yields(put(2, { name: 'if1' }));
    given(structureInterfaces, put(1)).when(wanted(1)).yieldsNothing();
  });

  it('are not made of themselves', () => {
    given(structureInterfaces, put(1))
      .when(wanted(1, { primary: 1 }))
      .refuses('primary_interface', 'CYCLE');
    given(structureInterfaces, put(1, { primary: 9 }), put(2, { primary: 8, secondaries: [1] }))
      .when(wanted(1, { primary: 7, secondaries: [2] }))
      .refuses('primary_interface', 'CYCLE');
    given(structureInterfaces, put(1, { primary: 9 }), put(2, { primary: 1, secondaries: [9] }))
      .when(wanted(3, { primary: 2, secondaries: [1] }))
      .yields(put(3, { primary: 2, secondaries: [1] }));
  });

  it('say anew what one is made of', () => {
    given(structureInterfaces, put(1, { primary: 8, secondaries: [9] }))
      .when(wanted(1, { primary: 9, secondaries: [8] }))
      .yields(put(1, { primary: 9, secondaries: [8] }));
  });

  it('are bounded', () => {
    const many = Array.from({ length: MAX_LOGICAL_INTERFACES }, (_, n) => put(n + 1));
    given(structureInterfaces, ...many)
      .when(wanted(9999))
      .refuses('structure', 'TOO_MANY');
    given(structureInterfaces, ...many)
      .when(wanted(1, { name: 'other' }))
      .yields(put(1, { name: 'other' }));
  });
});
