import { describe, expect, it } from '@jest/globals';
import type { HealthState } from './health-registry.ts';
import { healthOf } from './health.ts';

const fine = {
  ready: true,
  head: 12n,
  reached: 12n,
  projecting: true,
  quarantined: new Map([['sites', new Set<string>()]]),
  adapters: { log: 'postgres' },
};

const checks = (...states: readonly HealthState[]) => ({
  checks: Object.fromEntries(states.map((state, n) => [`part ${n}`, state])),
});

const erase = {
  name: 'erase',
  kind: 'reaction',
  status: 'running',
  since: '2026-01-01T00:00:00.000Z',
  lag: 2,
  lastError: null,
  deadLetters: 0,
} as const;

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
    [
      'is ok while a reaction runs, here or elsewhere',
      { listeners: [erase, { ...erase, status: 'standby' }] },
      { status: 'ok' },
    ],
    [
      'is degraded while a reaction fails',
      { listeners: [{ ...erase, status: 'retrying' }] },
      { status: 'degraded', ready: true },
    ],
    [
      'is degraded while there is something a reaction could not handle, and names the reaction',
      { listeners: [{ ...erase, deadLetters: 1 }] },
      { status: 'degraded', reactions: { erase: { kind: 'reaction', lag: 2, lastError: null, deadLetters: 1 } } },
    ],
    ['is down while the log does not answer', { head: undefined }, { status: 'down', ready: false, lag: null }],
    ['is starting until it is ready', { ready: false }, { status: 'starting', ready: false }],
    [
      'is starting until it is ready, whatever is down',
      { ready: false, ...checks({ status: 'down' }) },
      { status: 'starting', ready: false },
    ],
    [
      'is degraded while a part is, and says why',
      checks({ status: 'ok' }, { status: 'degraded', reason: 'full' }),
      {
        status: 'degraded',
        ready: true,
        checks: { 'part 0': { status: 'ok' }, 'part 1': { status: 'degraded', reason: 'full' } },
      },
    ],
    [
      'is as its worst part',
      checks({ status: 'down' }, { status: 'starting' }, { status: 'degraded' }),
      { status: 'down', ready: false },
    ],
    ['waits for a part that starts', checks({ status: 'starting' }), { status: 'starting', ready: false }],
  ])('%s', (_, facts: object, expected) => {
    expect(healthOf({ ...fine, ...facts })).toMatchObject(expected);
  });
});
