import { expect, it } from '@jest/globals';
import type { Health } from './health.ts';
import { concernsOf, countText } from './health.ts';

const WELL: Health = {
  status: 'ok',
  ready: true,
  lag: 0,
  quarantine: {},
  adapters: {},
  projecting: true,
  reactions: {
    tidy: {
      kind: 'reaction',
      status: 'running',
      since: '',
      lag: 0,
      lastError: { text: 'once', at: '' },
      deadLetters: 0,
    },
  },
  checks: { database: { status: 'ok' } },
};

it('a server that is well, or not known yet, concerns nobody', () => {
  expect(concernsOf(WELL)).toEqual([]);
  expect(concernsOf(undefined)).toEqual([]);
});

it('what is wrong is told with where to look, the worst first', () => {
  const listener = WELL.reactions['tidy']!;
  const concerns = concernsOf({
    ...WELL,
    quarantine: { users: [1, 2] },
    reactions: { tidy: { ...listener, deadLetters: 1 }, mend: { ...listener, status: 'retrying' } },
    checks: { subcontractors: { status: 'degraded', reason: 'NATS is away' }, database: { status: 'down' } },
  });
  expect(concerns.map(({ severity, title, text, path }) => [severity, title, text, path])).toEqual([
    ['danger', 'database: down', '', '/operation/health'],
    ['warning', 'subcontractors: degraded', 'NATS is away', '/operation/subcontractors'],
    ['warning', '2 rows of the read models in quarantine', 'users', '/operation/readmodels'],
    ['warning', 'tidy has left out 1 event', 'once', '/operation/deadletters'],
    ['warning', 'mend is tried again', 'once', '/operation/health'],
  ]);
});

it('numbers go with their nouns', () => {
  expect([0, 1, 1200].map((n) => countText(n, 'event'))).toEqual(['0 events', '1 event', '1,200 events']);
});
