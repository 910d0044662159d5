import { expect, it } from '@jest/globals';
import { holdersOf } from './permission-holders.ts';

it('tells who was granted what', () => {
  const of = holdersOf(
    [{ name: 'alice', permissions: ['a'] }],
    [
      { name: 'staff', permissions: ['a', 'b'] },
      { name: 'guests', permissions: [] },
    ],
    [{ name: 'agent', permissions: ['b'] }],
  );
  expect(of('a')).toEqual({ users: ['alice'], groups: ['staff'], services: [] });
  expect(of('b')).toEqual({ users: [], groups: ['staff'], services: ['agent'] });
  expect(of('c')).toEqual({ users: [], groups: [], services: [] });
});
