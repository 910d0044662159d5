import { expect, it } from '@jest/globals';
import { filterNames } from './explained.ts';

const NAMES = [
  { name: 'mtu', value: 9000, steps: [{ source: { kind: 'Site', id: 'campus' }, key: 'mtu', operator: 'set' }] },
  { name: 'motd', value: '{{ x }}', rendered: 'Hello', steps: [] },
];

it.each([
  ['', ['mtu', 'motd']],
  ['MTU', ['mtu']],
  ['900', ['mtu']],
  ['site campus', ['mtu']],
  ['hello', ['motd']],
  ['nothing', []],
])('values with %j', (text, names) => {
  expect(filterNames(NAMES, text).map(({ name }) => name)).toEqual(names);
});
