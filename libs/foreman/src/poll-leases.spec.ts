import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { PollLeases } from './poll-leases.ts';

const LEASE = 600_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

it('a lease of an agent that polls does not end because the clock is set ahead, with or without an agent that was heard of', async () => {
  let ahead = 0;
  const clock = { millis: () => Date.now() + ahead };
  const leases = new PollLeases({ pool: database.pool, clock, log: silentLogger, leaseMs: LEASE });
  await leases.start();
  const holder = { user: 'subcontractor', source: '10.0.0.1', session: 's1' };
  const dispatch = { holder, deadline: new Date(clock.millis() + LEASE).toISOString() };
  expect(await leases.heard(holder, true)).toBe(true);
  ahead += 3_600_000;
  expect(leases.isOver(dispatch)).toBe(false);
  expect(leases.isOver({ ...dispatch, holder: { ...holder, session: 'never heard of' } })).toBe(false);
  ahead += 3_600_000;
  expect(await leases.heard({ ...holder, session: 's2' }, true)).toBe(true);
  // The agent before is in doubt now, and not over at once.
  expect(leases.isOver(dispatch)).toBe(false);
  expect(leases.alone).toBe(true);
});
