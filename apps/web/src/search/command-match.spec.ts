import { describe, expect, it } from '@jest/globals';
import { matching, matchOf } from './command-match.ts';

describe('a command', () => {
  it.each([
    ['Go to Jobs', 'jobs', 1],
    ['Go to Jobs', 'go to j', 0],
    ['Go to Job Log', 'log go', 1],
    ['Create a foundation', 'cre found', 1],
    ['Create a foundation', 'CREATE A', 0],
    ['Create a foundation', 'oundation', undefined],
    ['Go to Address Blocks', 'blocks x', undefined],
    ['Anything', '  ', 0],
  ])('%s, when "%s" is typed: %s', (label, typed, match) => {
    expect(matchOf(label, typed)).toBe(match);
  });

  it('that begins as is typed comes first, the others in their order, and not too many', () => {
    const all = ['Go to Jobs', 'Create a job', 'Job Log', 'Jobs of today'].map((label) => ({ label }));
    expect(matching(all, 'job', 3).map(({ label }) => label)).toEqual(['Job Log', 'Jobs of today', 'Go to Jobs']);
  });
});
