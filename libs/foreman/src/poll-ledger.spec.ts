import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { MAX_NOTED, PollLedger } from './poll-ledger.ts';

const TIMES = { everyMs: 100, keepMs: 1000 };
const holder = (session: string) => ({ user: 'subcontractor', source: '10.0.0.1', session });

describe('the ledger of agents that poll', () => {
  let database: TestDatabase;
  let pools: Pool[];
  let here: PollLedger;
  let there: PollLedger;

  const open = (name: string): PollLedger => {
    const pool = new Pool({ connectionString: database.url, application_name: name, max: 2 });
    // As in the server: one that is ended while its database is dropped may still hear that it was ended from there.
    pool.on('connect', (client) => client.on('error', () => undefined));
    pool.on('error', () => undefined);
    pools.push(pool);
    return new PollLedger(pool, TIMES);
  };
  beforeAll(async () => {
    database = await testDatabase();
    pools = [];
    [here, there] = [open('server one'), open('server two')];
    await here.start();
    await there.start();
  });
  afterAll(async () => {
    for (const pool of pools) await pool.end();
    await database.drop();
  });

  const sessionsHeard = async (ledger: PollLedger, from: number) =>
    (await ledger.heardElsewhere(from)).map(({ holder: { session }, at }) => [session, at]);

  it('tells one server what others have heard, the earliest first', async () => {
    await here.note(holder('a'), 2000);
    await here.note(holder('b'), 1000);
    expect(await here.heardElsewhere(0)).toEqual([]);
    expect(await there.heardElsewhere(0)).toEqual([
      { holder: holder('b'), at: 1000 },
      { holder: holder('a'), at: 2000 },
    ]);
    expect(await sessionsHeard(there, 1001)).toEqual([['a', 2000]]);
  });

  it('is written now and then', async () => {
    for (const at of [3000, 3050, 3099]) await here.note(holder('c'), at);
    expect(await sessionsHeard(there, 3000)).toEqual([['c', 3000]]);
    await here.note(holder('c'), 3100);
    expect(await sessionsHeard(there, 3000)).toEqual([['c', 3100]]);
  });

  it('knows the sessions of servers as long as these run', async () => {
    await here.note(holder('d'), 4000);
    expect([await here.isKnown('d'), await there.isKnown('d'), await there.isKnown('unknown')]).toEqual([
      true,
      true,
      false,
    ]);
    const third = open('server three');
    await third.note(holder('e'), 4000);
    expect(await there.isKnown('e')).toBe(true);
    await pools.pop()?.end();
    const gone = async () => !(await there.isKnown('e'));
    while (!(await gone())) await new Promise(setImmediate);
  });

  it('knows whether other servers run, and takes nobody else for one', async () => {
    const [first, second] = [open('contractor one'), open('contractor two')];
    expect(await first.othersRun()).toBe(false);
    await second.prune(0);
    expect(await first.othersRun()).toBe(true);
    await pools.pop()?.end();
    while (await first.othersRun()) await new Promise(setImmediate);
  });

  it('forgets those nothing was heard of for long, and remembers a bounded number', async () => {
    await here.prune(5000);
    expect(await sessionsHeard(there, 0)).toEqual([
      ['d', 4000],
      ['e', 4000],
    ]);
    const far = Number.MAX_SAFE_INTEGER;
    for (let n = 0; n < 20; n += 1) await here.note(holder(`s${n}`), far);
    expect(here.size).toBeLessThanOrEqual(MAX_NOTED);
  });
});
