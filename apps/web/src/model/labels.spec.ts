import { describe, expect, it } from '@jest/globals';
import { inWords, nounOf, pluralOf } from './labels.ts';

describe('names of the API in words', () => {
  it.each([
    ['config_values', 'Config values'],
    ['doCreate', 'Do create'],
    ['id_map', 'Id map'],
    ['config_uuid', 'Config UUID'],
    ['_max_address', 'Max address'],
    ['mac', 'MAC'],
  ])('%s is %s', (name, words) => expect(inWords(name)).toBe(words));

  it.each([
    ['Utilities/AddressBlock', 'Address block'],
    ['BluePrint/FoundationBluePrint', 'Foundation blueprint'],
    ['BluePrint/PXE', 'PXE'],
    ['Site/Site', 'Site'],
  ])('the noun of %s is %s', (path, words) => expect(nounOf(path)).toBe(words));

  it.each([
    ['Utilities/AddressBlock', 'Address blocks'],
    ['Utilities/Address', 'Addresses'],
    ['Building/Complex', 'Complexes'],
    ['Directory/Entry', 'Entries'],
  ])('several of %s are %s', (path, words) => expect(pluralOf(path)).toBe(words));
});
