import { describe, expect, it } from '@jest/globals';
import { isFor } from './action-words.ts';

describe('whether an action has something to do', () => {
  it.each([
    ['doCreate', { state: 'planned' }, true],
    ['doCreate', { state: 'built' }, false],
    ['acceptHardware', { state: 'built', drift: [] }, false],
    ['acceptHardware', { state: 'built', drift: [{ gone: 'sda' }] }, true],
    ['acceptHardware', { state: 'built' }, false],
    ['acceptMachine', { state: 'built', machine_drift: [{ part: 'power' }] }, true],
    ['acceptMachine', { state: 'built', machine_drift: [] }, false],
    ['checkConfig', { state: 'built' }, true],
  ])('%s of %j: %s', (name, row, expected) => {
    expect(isFor(name, row)).toBe(expected);
  });
});
