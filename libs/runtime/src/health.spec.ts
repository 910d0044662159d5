import { describe, expect, it } from '@jest/globals';
import { healthOf } from './health.ts';

const fine = {
  ready: true,
  head: 12n,
  reached: 12n,
  projecting: true,
  quarantined: new Map([['sites', new Set<string>()]]),
  adapters: { log: 'postgres' },
};

describe('health', () => {
  it.each([
    ['is ok when all is well', {}, { status: 'ok', lag: 0, quarantine: {} }],
    ['tells how far the rows are behind', { reached: 2n }, { status: 'ok', lag: 10 }],
    ['is never behind less than nothing', { reached: 20n }, { lag: 0 }],
    [
      'is degraded while a row is in quarantine, and names it',
      { quarantined: new Map([['sites', new Set(['site1'])]]) },
      { status: 'degraded', ready: true, quarantine: { sites: ['site1'] } },
    ],
    ['is down while the log does not answer', { head: undefined }, { status: 'down', ready: false, lag: null }],
    ['is starting until it is ready', { ready: false }, { status: 'starting', ready: false }],
  ])('%s', (_, facts, expected) => {
    expect(healthOf({ ...fine, ...facts })).toMatchObject(expected);
  });
});
