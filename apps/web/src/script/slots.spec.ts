import { expect, it } from '@jest/globals';
import { slotsOf } from './slots.ts';

it.each([
  [
    { destroy: '/api/v1/BluePrint/Script:wipe:', create: '/api/v1/BluePrint/Script:make-it:' },
    [
      ['create', 'make-it'],
      ['destroy', 'wipe'],
    ],
  ],
  [{ create: 'plain' }, [['create', 'plain']]],
  [{}, []],
  [null, []],
])('the slots of %j', (map, slots) => expect(slotsOf(map)).toEqual(slots));
