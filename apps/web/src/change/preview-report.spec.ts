import { describe, expect, it } from '@jest/globals';
import { changedFields } from './preview-report.ts';

const BEFORE = { name: 'a', mtu: 1500, note: null, map: {}, updated: '1' };

describe('the fields a preview shows', () => {
  it('are those that change, without the times of every change', () => {
    const change = { model: 'M', id: 1, change: 'changed', fields: ['mtu', 'note', 'updated'] } as const;
    expect(changedFields({ ...change, before: BEFORE, after: { ...BEFORE, mtu: 9000, note: '' } })).toEqual([
      ['mtu', { before: 1500, after: 9000 }],
      ['note', { before: null, after: '' }],
    ]);
  });

  it('are all that have a value where the object is new, or goes', () => {
    const names = (change: 'created' | 'deleted', states: object) =>
      changedFields({ model: 'M', id: 1, change, ...states }).map(([name]) => name);
    expect(names('created', { before: null, after: BEFORE })).toEqual(['name', 'mtu']);
    expect(names('deleted', { before: BEFORE, after: null })).toEqual(['name', 'mtu']);
  });
});
