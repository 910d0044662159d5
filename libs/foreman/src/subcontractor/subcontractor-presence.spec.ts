import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import type { TestDatabase } from '#testing';
import { recordedLog, testDatabase } from '#testing';
import type { AgentAtSite } from '#wire';
import { SightingLedger } from './sighting-ledger.ts';
import type { PresenceRecord, RecordedSubcontractor } from './subcontractor-presence.ts';
import {
  MAX_CHANGES,
  MAX_GONE_MS,
  MAX_SUBCONTRACTORS,
  NOTE_MS,
  SubcontractorPresence,
} from './subcontractor-presence.ts';
import { subcontractorId } from './subcontractor.ts';

const START = Date.parse('2026-01-01T12:00:00Z');
const GONE_MS = 60_000;

describe('the presence of subcontractors', () => {
  let database: TestDatabase;
  let pool: Pool;
  let ledger: SightingLedger;
  /** What was recorded, in words. */
  let facts: string[];
  let recorded: Map<string, RecordedSubcontractor>;
  let agents: AgentAtSite[] | undefined;
  let passed: number;
  let presence: SubcontractorPresence;
  let broken: boolean;
  /** How many times those that had come were recorded. */
  let appends: number;
  const { log, lines } = recordedLog();

  const record: PresenceRecord = {
    all: async () => new Map(recorded),
    show: async (all) => {
      if (broken) throw new Error('no database');
      appends += 1;
      for (const shown of all) {
        const id = subcontractorId(shown.site, shown.agent);
        facts.push(`${id} serves ${Object.keys(shown.modules).toSorted().join('+')} over ${shown.transport}`);
        recorded.set(id, { shown, present: true, since: new Date(START + passed).toISOString() });
      }
    },
    lose: async (id, lastSeen) => {
      facts.push(`${id} is gone, last heard of at ${lastSeen.slice(11, 19)}`);
      const known = recorded.get(id);
      if (known) recorded.set(id, { ...known, present: false, since: new Date(START + passed).toISOString() });
    },
    forget: async (id) => {
      facts.push(`${id} is forgotten`);
      recorded.delete(id);
    },
  };
  const open = () =>
    new SubcontractorPresence({
      wire: { agents: () => agents },
      ledger,
      record,
      log,
      goneMs: GONE_MS,
      pollGoneMs: 600_000,
      now: () => START + passed,
      monotonic: () => passed,
    });
  const later = async (milliseconds: number) => {
    passed += milliseconds;
    await presence.look();
  };
  const told = () => facts.splice(0);

  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
    ledger = new SightingLedger(pool);
    await ledger.start();
  });
  afterAll(async () => {
    await presence.stop();
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await pool.query('DELETE FROM ledger.sightings');
    facts = [];
    recorded = new Map();
    agents = [];
    passed = 0;
    broken = false;
    appends = 0;
    presence = open();
    presence.lead(true);
    await presence.look();
  });

  it('is recorded when one comes, serves other modules, and is gone for long, and not otherwise', async () => {
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5 } }];
    await later(1000);
    expect(told()).toEqual(['berlin.a1 serves ipmi over wire']);
    for (let n = 0; n < 20; n += 1) await later(10_000);
    expect(told()).toEqual([]);
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5, ssh: 1 } }];
    await later(1000);
    expect(told()).toEqual(['berlin.a1 serves ipmi+ssh over wire']);
    const heard = new Date(START + passed).toISOString().slice(11, 19);
    agents = [];
    await later(GONE_MS - 1);
    expect(told()).toEqual([]);
    await later(2);
    expect(told()).toEqual([`berlin.a1 is gone, last heard of at ${heard}`]);
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5 } }];
    await later(1000);
    expect(told()).toEqual(['berlin.a1 serves ipmi over wire']);
  });

  it('is nobody’s absence while nothing can be heard, nor right after that, nor after a change of the foreman', async () => {
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5 } }];
    await later(1000);
    agents = undefined;
    await later(10 * GONE_MS);
    agents = [];
    await later(GONE_MS - 1);
    presence.lead(false);
    presence = open();
    presence.lead(true);
    await later(GONE_MS);
    expect(told()).toEqual(['berlin.a1 serves ipmi over wire']);
    await later(1);
    expect(told()).toEqual([expect.stringMatching(/^berlin.a1 is gone/)]);
  });

  it('is known of those that poll any server, by account and address, whatever their sessions', async () => {
    const elsewhere = open();
    const holder = (session: string) => ({ user: 'agent1', source: '10.0.0.1', session });
    await elsewhere.polled(holder('s1'), 'berlin', ['ssh', 'ipmi']);
    await presence.polled(holder('s2'), 'berlin', ['ipmi', 'manual']);
    await presence.polled(holder('s2'), 'paris', ['ipmi']);
    await later(1000);
    expect(told().toSorted()).toEqual([
      'berlin.agent1~4010~2e0~2e0~2e1 serves ipmi+manual+ssh over poll',
      'paris.agent1~4010~2e0~2e0~2e1 serves ipmi over poll',
    ]);
    await pool.query(`UPDATE ledger.sightings SET heard = heard - 601000 WHERE source = 's1' OR site = 'paris'`);
    await later(1000);
    expect(told()).toEqual([
      'berlin.agent1~4010~2e0~2e0~2e1 serves ipmi+manual over poll',
      expect.stringMatching(/^paris.agent1~4010~2e0~2e0~2e1 is gone, last heard of at \d\d:/),
    ]);
  });

  it('is noted beside the log so often, and no more often', async () => {
    const holder = { user: 'agent1', source: '10.0.0.1', session: 's1' };
    const heard = async () => {
      const { rows } = await pool.query<{ readonly heard: string }>(`SELECT heard FROM ledger.sightings`);
      return Number(rows[0]?.heard);
    };
    await presence.polled(holder, 'berlin', ['ipmi']);
    await pool.query('UPDATE ledger.sightings SET heard = 1');
    passed += NOTE_MS - 1;
    await presence.polled(holder, 'berlin', ['ipmi']);
    expect(await heard()).toBe(1);
    await presence.polled(holder, 'berlin', ['ipmi', 'ssh']);
    expect(await heard()).toBeGreaterThan(1);
    await pool.query('UPDATE ledger.sightings SET heard = 1');
    passed += NOTE_MS;
    await presence.polled(holder, 'berlin', ['ipmi', 'ssh']);
    expect(await heard()).toBeGreaterThan(1);
  });

  it('of one that serves every site has no site', async () => {
    agents = [{ agent: 'everywhere', site: '*', modules: { ipmi: 5 } }];
    await later(1000);
    expect(recorded.get('~2a.everywhere')?.shown.site).toBeNull();
  });

  it('is forgotten when one has been gone for long', async () => {
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5 } }];
    await later(1000);
    agents = [];
    await later(GONE_MS + 1);
    await later(MAX_GONE_MS);
    told();
    await later(3_600_001);
    expect(told()).toEqual(['berlin.a1 is forgotten']);
    expect(recorded.size).toBe(0);
  });

  it('is recorded for so many, and changes are for so many at a time', async () => {
    agents = Array.from({ length: MAX_CHANGES + 5 }, (_, n) => ({
      agent: `a${n}`,
      site: 'berlin',
      modules: { ipmi: 1 },
    }));
    await later(1000);
    expect(told()).toHaveLength(MAX_CHANGES);
    await later(1000);
    expect(told()).toHaveLength(5);
    expect(appends).toBe(2);
    expect(MAX_SUBCONTRACTORS).toBe(10_000);
  });

  it('is looked for again after a failure, which is told once', async () => {
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5 } }];
    broken = true;
    await later(1000);
    await later(1000);
    expect(lines.filter(({ message }) => message === 'subcontractors could not be looked for')).toHaveLength(1);
    broken = false;
    await later(1000);
    expect(told()).toEqual(['berlin.a1 serves ipmi over wire']);
  });

  it('is not recorded by who is not the foreman', async () => {
    presence.lead(false);
    agents = [{ agent: 'a1', site: 'berlin', modules: { ipmi: 5 } }];
    await later(1000);
    expect([told(), presence.size]).toEqual([[], 0]);
  });
});
