import { describe, expect, it } from '@jest/globals';
import { modelAt } from './models.ts';
import { isKnownByName, objectName } from './object-name.ts';

describe('the name of an object', () => {
  it('is its host name, its name or its address, the first that it has', () => {
    expect(objectName({ id: 3, hostname: 'web1', name: 'x' })).toBe('web1');
    expect(objectName({ id: 3, hostname: null, name: 'lan' })).toBe('lan');
    expect(objectName({ id: 3, ip_address: '10.0.0.9' })).toBe('10.0.0.9');
    expect(objectName({ id: 3, name: '', description: 'the first' })).toBe('the first');
    expect(objectName({ id: 3 })).toBe('');
  });

  it.each([
    ['Building/Structure', true],
    ['Utilities/Network', true],
    ['Utilities/Address', true],
    ['Site/Site', false],
    ['Building/Foundation', false],
    ['Building/ComplexStructure', false],
  ])('stands in the place of the id of %s: %s', (path, isNamed) => {
    expect(isKnownByName(modelAt(path))).toBe(isNamed);
  });
});
