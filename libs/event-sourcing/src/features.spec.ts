import { describe, expect, it } from '@jest/globals';
import type { AnyDecider } from '#kernel';
import type { ReadModel } from '#read-store';
import { Features } from './features.ts';

const decider = (category: string): AnyDecider => ({ category, decide: {}, evolve: {} });
const readModel = (name: string): ReadModel => ({
  name,
  version: 1,
  key: 'text',
  history: false,
  indexes: {},
  on: {},
});

describe('what modules add', () => {
  it('stands in the order of the modules, in the lists that were there before', () => {
    const features = new Features();
    const { deciders, readModels, upcasters } = features;
    features.add({ deciders: [decider('rack')], upcasters: { RackDefined: [] } });
    features.add({ deciders: [decider('shelf')], readModels: [readModel('racks'), readModel('shelves')] });
    expect(deciders.map(({ category }) => category)).toEqual(['rack', 'shelf']);
    expect(readModels.map(({ name }) => name)).toEqual(['racks', 'shelves']);
    expect(Object.keys(upcasters)).toEqual(['RackDefined']);
  });

  it.each([
    ['one category of streams', { deciders: [decider('rack')] }, 'the category rack'],
    ['one read model', { readModels: [readModel('racks')] }, 'the read model racks'],
    [
      'dead letters of one name',
      { letterReceivers: { reports: async () => undefined } },
      'the dead letters of reports',
    ],
    ['the old shapes of one event', { upcasters: { RackDefined: [] } }, 'upcasters for RackDefined'],
  ])('cannot be %s twice', (_, feature, what) => {
    const features = new Features().add(feature);
    expect(() => features.add(feature)).toThrow(what);
  });
});
