import { expect, it } from '@jest/globals';
import { mergeMeanwhile } from './meanwhile.ts';

it('keeps what was typed, takes what others have changed, and tells both', () => {
  const were = { description: 'a', parent: 'x', mtu: '1', note: '' };
  const inputs = { ...were, description: 'mine', mtu: '9' };
  const now = { ...were, description: 'theirs', parent: 'y', mtu: '9' };
  expect(mergeMeanwhile(were, inputs, now)).toEqual({
    were: now,
    inputs: { description: 'mine', parent: 'y', mtu: '9', note: '' },
    changes: [
      { field: 'description', before: 'a', after: 'theirs', isKept: true },
      { field: 'parent', before: 'x', after: 'y', isKept: false },
      { field: 'mtu', before: '1', after: '9', isKept: false },
    ],
  });
});
