import { expect, it } from '@jest/globals';
import { sitesWithin } from './sites-within.ts';

const SITES = [
  { name: 'shelf', parent: 'cellar' },
  { name: 'cellar', parent: 'campus' },
  { name: 'campus', parent: null },
  { name: 'elsewhere', parent: null },
];

it.each([
  ['campus', ['campus', 'cellar', 'shelf']],
  ['shelf', ['shelf']],
  ['unknown', ['unknown']],
])('within %s are %j', (site, names) => expect([...sitesWithin(SITES, site)].toSorted()).toEqual(names));
