import { expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import type { FoundationType } from '#platform';
import { Streams } from '#testing';
import { foundation } from '../foundation.ts';
import { structure } from '../structure/structure.ts';
import { holderSource } from './holder-source.ts';
import { networked } from './networked.ts';

const type = (name: string, more: Partial<FoundationType> = {}): FoundationType => ({
  type: name,
  model: `Lab/${name}`,
  doc: '',
  classes: [],
  locates: 'by-itself',
  fields: {},
  functions: {},
  ...more,
});
const ALONE = type('Box');
const SHARING = type('Cell', { sharesNetwork: true });

const log = new Streams();
for (const [id, kind] of [
  [1, 'Box'],
  [2, 'Cell'],
] as const) {
  const on = { hostname: `web${id}`, site: 'site1', zone: null, blueprint: 'web', foundation: kind, configValues: [] };
  log.put(structure, id, { type: 'StructureDefined', data: on });
  log.put(foundation, kind, { type: 'FoundationDefined', data: { type: kind, site: 'site1', blueprint: 'base' } });
}
log.put(networked, 3, { type: 'NetworkedDefined', data: { hostname: 'printer', site: 'site1', zone: null } });

it.each([
  ['on a foundation of its own network does not', [ALONE, SHARING], 1, false],
  ['on a foundation whose platform says so does', [ALONE, SHARING], 2, true],
  ['does not where no platform says so', [ALONE, type('Cell')], 2, false],
  ['that nothing is built for does not', [SHARING], 3, false],
  ['that is not there does not', [SHARING], 4, false],
] as const)('a host %s share the network of what carries it', async (_, types, id, shares) => {
  const source = holderSource(types);
  expect(await source.sharesNetwork?.(new UnitOfWork(log), id)).toBe(shares);
});
