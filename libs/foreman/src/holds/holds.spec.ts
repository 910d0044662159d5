import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { evolve, redate, Refusal } from '#kernel';
import type { Happened } from '#testing';
import { given, moment, rowsAfter, Streams } from '#testing';
import { created, was } from '../../test/example-jobs.ts';
import { JobFixture } from '../../test/job-fixture.suite.ts';
import type { Job, JobCommand, JobEvent, PlacedHold } from '../job-messages.ts';
import { job } from '../job.ts';
import { jobs } from '../jobs.ts';
import { jobLog } from '../job-log.ts';
import { firstHoldOver } from './held-back.ts';
import { HoldBook } from './hold-book.ts';
import { holdConditions } from './hold-conditions.ts';
import { holdRuleRows, holds } from './hold-rows.ts';
import type { HoldRule } from './hold-rules.ts';
import { holdRules, MAX_RULES } from './hold-rules.ts';
import { holdsFor } from './matching-holds.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

const asked: HoldRule = {
  description: 'Release the volumes',
  site: null,
  blueprint: null,
  kind: null,
  target: null,
  labels: {},
  scripts: ['destroy', 'reseat'],
  holder: 'storage',
  seconds: 60,
  whenOver: 'fail',
};
const added = { type: 'HoldRuleAdded', data: { ...asked, rule: 3 } } as const;

const hold: PlacedHold = {
  hold: '12-3',
  rule: 3,
  description: asked.description,
  holder: 'storage',
  seconds: 60,
  until: at(60),
  whenOver: 'fail',
  job: 12,
  site: 'site1',
  target: { kind: 'Foundation', id: 'host1' },
  blueprint: 'base',
  script: 'destroy',
};
const ended = { hold: '12-3', rule: 3, holder: 'storage', job: 12 };
const waiting = { type: 'JobCreated', data: { ...created, script: 'destroy' } } as const;
const held = { type: 'JobHeld', data: hold } as const;
const timedOut = { type: 'JobHoldTimedOut', data: { ...ended, outcome: 'fail' } } as const;
const failed = {
  type: 'JobFailed',
  data: { message: 'Not released in time: hold 12-3 of storage: Release the volumes' },
} as const;

describe('the hold rules', () => {
  it('are added, changed and removed, each by its id', () => {
    given(holdRules).when({ type: 'AddHoldRule', data: added.data }).yields(added);
    given(holdRules, added).when({ type: 'AddHoldRule', data: added.data }).refuses('id', 'TAKEN');
    given(holdRules, added)
      .when({ type: 'ChangeHoldRule', data: { rule: 3, seconds: 60 } })
      .yieldsNothing();
    given(holdRules, added)
      .when({ type: 'ChangeHoldRule', data: { rule: 3, seconds: 90 } })
      .yields({ type: 'HoldRuleChanged', data: { ...added.data, seconds: 90 } });
    given(holdRules, added)
      .when({ type: 'RemoveHoldRule', data: { rule: 3 } })
      .yields({ type: 'HoldRuleRemoved', data: { rule: 3 } });
    given(holdRules)
      .when({ type: 'ChangeHoldRule', data: { rule: 3 } })
      .refuses('', 'NOT_FOUND');
    given(holdRules)
      .when({ type: 'RemoveHoldRule', data: { rule: 3 } })
      .refuses('', 'NOT_FOUND');
  });

  it(`are ${MAX_RULES} at the most`, () => {
    const full = new Map(Array.from({ length: MAX_RULES }, (_, n) => [n + 10, asked]));
    const more = holdRules.decide.AddHoldRule(added.data, full);
    expect(more).toMatchObject({ faults: [{ code: 'TOO_MANY' }] });
  });

  it('are shown as they are', () => {
    const changed = { type: 'HoldRuleChanged', data: { ...added.data, seconds: 90 } } as const;
    const rows = rowsAfter(holdRuleRows, ['all', added], ['all', changed]);
    expect([...rows]).toEqual([[3, { ...asked, seconds: 90, created: moment(1), updated: moment(2) }]]);
    expect(rowsAfter(holdRuleRows, ['all', added], ['all', { type: 'HoldRuleRemoved', data: { rule: 3 } }]).size).toBe(
      0,
    );
  });
});

describe('a job that is held', () => {
  const there = [waiting, held] as const;
  it('does not begin', () => {
    given(job, ...there)
      .when({ type: 'StartJob', data: {} })
      .refuses('', 'HELD');
  });

  it('is released by its holder alone, overridden by others', () => {
    const said = { hold: '12-3', by: 'storage', reason: 'drained' };
    given(job, ...there)
      .when({ type: 'ReleaseHold', data: said })
      .yields({ type: 'JobHoldReleased', data: { ...ended, by: 'storage', reason: 'drained' } });
    given(job, ...there)
      .when({ type: 'ReleaseHold', data: { ...said, by: 'root' } })
      .refuses('', 'NOT_HOLDER');
    given(job, ...there)
      .when({ type: 'ReleaseHold', data: { ...said, hold: '12-4' } })
      .refuses('', 'HOLD_NOT_FOUND');
    given(job, ...there)
      .when({ type: 'OverrideHold', data: { ...said, by: 'root' } })
      .yields({ type: 'JobHoldOverridden', data: { ...ended, by: 'root', reason: 'drained' } });
    given(job, waiting, { ...held, data: { ...hold, holder: null } })
      .when({ type: 'ReleaseHold', data: { ...said, by: 'anna' } })
      .yields({ type: 'JobHoldReleased', data: { ...ended, holder: null, by: 'anna', reason: 'drained' } });
  });

  it('is in error when its time is up, or goes on', () => {
    given(job, ...there)
      .when({ type: 'TimeOutHolds', data: { now: START + 59_999 } })
      .yieldsNothing();
    given(job, ...there)
      .when({ type: 'TimeOutHolds', data: { now: START + 60_000 } })
      .yields(timedOut, failed);
    given(job, waiting, { ...held, data: { ...hold, whenOver: 'proceed' } })
      .when({ type: 'TimeOutHolds', data: { now: START + 60_000 } })
      .yields({ type: 'JobHoldTimedOut', data: { ...ended, outcome: 'proceed' } });
  });

  it('is held once more after a reset, unless it is released or overridden meanwhile', () => {
    const over = [...there, timedOut, failed] as const;
    given(job, ...over)
      .when({ type: 'RenewHolds', data: { now: START + 100_000 } })
      .yields({ type: 'JobHeld', data: { ...hold, until: at(160) } });
    given(job, ...over, { type: 'JobHoldOverridden', data: { ...ended, by: 'root', reason: 'gone' } })
      .when({ type: 'RenewHolds', data: { now: START + 100_000 } })
      .yieldsNothing();
    given(job, ...over, was.reset)
      .when({ type: 'StartJob', data: {} })
      .refuses('', 'NOT_QUEUED');
    const waits = { type: 'JobReset', data: {} } as const;
    given(job, ...over, waits)
      .when({ type: 'StartJob', data: {} })
      .refuses('', 'HELD');
  });

  it('tells those who hold it when it is cancelled', () => {
    given(job, ...there)
      .when({ type: 'CancelJob', data: { by: 'root' } })
      .yields(
        { type: 'JobHoldReleased', data: { ...ended, by: 'root', reason: 'its job was cancelled' } },
        { type: 'JobCanceled', data: { by: 'root' } },
      );
  });

  it('is shown with its holds, and they with it', () => {
    const told = (...events: readonly JobEvent[]) => events.map((event): Happened => [12, event]);
    const holdAfter = (...events: readonly JobEvent[]) =>
      rowsAfter(holds, ...told(waiting, held, ...events)).get('12-3');
    const jobAfter = (...events: readonly JobEvent[]) => rowsAfter(jobs, ...told(waiting, held, ...events)).get(12);
    expect(holdAfter()).toMatchObject({ job: 12, rule: 3, state: 'open', created: moment(2), updated: moment(2) });
    expect(holdAfter(timedOut)).toMatchObject({ state: 'overdue' });
    expect(holdAfter({ type: 'JobHoldTimedOut', data: { ...ended, outcome: 'proceed' } })).toBeUndefined();
    expect(jobAfter()).toMatchObject({ holds: [{ hold: '12-3', overdue: false }] });
    const over = { stage: 'error', message: failed.data.message, holds: [{ overdue: true }] };
    expect(jobAfter(timedOut, failed)).toMatchObject(over);
    const renewed = { stage: 'waiting', message: '', holds: [{ overdue: false }] };
    expect(jobAfter(timedOut, failed, { type: 'JobReset', data: {} }, held)).toMatchObject(renewed);
    const overridden = { type: 'JobHoldOverridden', data: { ...ended, by: 'root', reason: 'gone' } } as const;
    expect(jobAfter(overridden)).toMatchObject({ holds: [] });
    const log = rowsAfter(jobLog, ...told(waiting, held, overridden));
    expect(log.get(12)).toMatchObject({ holdOverriddenBy: 'root' });
    expect(holdConditions([{ ...hold, overdue: false }])).toMatchObject([
      {
        name: 'held',
        text: `held by storage until ${at(60)}, then it is in error (hold 12-3: Release the volumes)`,
        until: at(60),
      },
    ]);
  });

  it('never begins while a hold is open, and every hold ends once, whatever is said', () => {
    const ids = fc.constantFrom('12-1', '12-2', '12-3');
    const said = fc.record({ hold: ids, by: fc.constantFrom('storage', 'root'), reason: fc.constant('x') });
    const now = fc.integer({ min: 0, max: 200 }).map((seconds) => ({ now: START + seconds * 1000 }));
    const command = fc.oneof(
      said.map((data): JobCommand => ({ type: 'ReleaseHold', data })),
      said.map((data): JobCommand => ({ type: 'OverrideHold', data })),
      ids.map((one): JobCommand => ({ type: 'DropHold', data: { hold: one, reason: 'x' } })),
      now.map((data): JobCommand => ({ type: 'TimeOutHolds', data })),
      now.map((data): JobCommand => ({ type: 'RenewHolds', data })),
      fc.constantFrom<JobCommand>(
        { type: 'StartJob', data: {} },
        { type: 'ResetJob', data: {} },
        { type: 'CancelJob', data: { by: 'root' } },
      ),
    );
    const placed = fc.array(fc.record({ whenOver: fc.constantFrom('proceed' as const, 'fail' as const) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(placed, fc.array(command, { maxLength: 30 }), (some, commands) => {
        let state: Job | undefined = evolve(job, undefined, waiting);
        const open = new Set<string>();
        const happen = (event: JobEvent): void => {
          if (event.type === 'JobHeld') open.add(event.data.hold);
          if (event.type === 'JobHoldReleased' || event.type === 'JobHoldOverridden') {
            expect(open.delete(event.data.hold)).toBe(true);
          }
          if (event.type === 'JobHoldTimedOut') {
            expect(open.has(event.data.hold)).toBe(true);
            if (event.data.outcome === 'proceed') open.delete(event.data.hold);
          }
          if (event.type === 'JobStarted' || event.type === 'JobCanceled') expect([...open]).toEqual([]);
          state = evolve(job, state, event);
        };
        for (const [n, one] of some.entries()) {
          const id = `12-${n + 1}`;
          happen({
            type: 'JobHeld',
            data: { ...hold, ...one, hold: id, rule: n + 1, holder: n === 0 ? 'storage' : null },
          });
        }
        for (const { type, data } of commands) {
          const rule = job.decide[type] as (data: unknown, state: Job | undefined) => unknown;
          const decision = rule(data, state);
          if (decision instanceof Refusal) continue;
          for (const event of [decision].flat() as JobEvent[]) happen(event);
          expect(new Set(state?.holds.map((kept) => kept.hold))).toEqual(open);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the jobs a rule holds', () => {
  it('are looked at when it goes, as far as they are held still', () => {
    const book = new HoldBook();
    const other = { ...ended, hold: '13-3', job: 13 };
    book.startWith(14, { holds: [{ ...hold, hold: '14-3', job: 14, overdue: true }] });
    book.heard(held);
    book.heard({ type: 'JobHeld', data: other });
    book.heard({ type: 'JobHoldReleased', data: other });
    expect(book.size).toBe(2);
    expect(book.heard({ type: 'HoldRuleRemoved', data: { rule: 3 } })).toEqual([14, 12]);
    expect(book.heard({ type: 'HoldRuleRemoved', data: { rule: 4 } })).toEqual([]);
    book.heard(timedOut);
    expect(book.size).toBe(2);
    book.heard({ type: 'JobHoldOverridden', data: ended });
    book.heard({ type: 'JobHoldTimedOut', data: { ...ended, hold: '14-3', job: 14, outcome: 'proceed' } });
    expect(book.size).toBe(0);
  });
});

describe('a job that is made', () => {
  async function made(rule: Partial<HoldRule> = {}, script = 'destroy'): Promise<JobFixture> {
    const fixture = new JobFixture({ destroy: 'begin()\n  lab.work( name="d" )\nend\n', reseat: 'pause( msg="x" )\n' });
    fixture.served.add('lab');
    fixture.log.put(holdRules, 'all', { type: 'HoldRuleAdded', data: { ...asked, ...rule, rule: 3 } });
    await fixture.create(script);
    return fixture;
  }

  it.each<[string, Partial<HoldRule>, string, boolean]>([
    ['everything is asked for', {}, 'destroy', true],
    ['it runs a utility script of these', {}, 'reseat', true],
    ['it runs another one', { scripts: ['reseat'] }, 'destroy', false],
    ['it is at the site', { site: 'site1' }, 'destroy', true],
    ['it is at another site', { site: 'site2' }, 'destroy', false],
    ['its target is of the blueprint', { blueprint: 'base' }, 'destroy', true],
    ['its target is of another blueprint', { blueprint: 'other' }, 'destroy', false],
    ['it is about its target', { kind: 'Thing', target: 'host1' }, 'destroy', true],
    ['it is about another target', { kind: 'Thing', target: 'host2' }, 'destroy', false],
    ['it is about another kind', { kind: 'Structure' }, 'destroy', false],
    ['its target has the label', { labels: { role: 'storage' } }, 'destroy', true],
    ['its target has another value of it', { labels: { role: 'web' } }, 'destroy', false],
  ])('is held, or not, where %s', async (_, rule, script, isHeld) => {
    const fixture = await made(rule, script);
    expect((await fixture.job()).holds.map(({ hold: id }) => id)).toEqual(isHeld ? ['12-3'] : []);
  });

  it('is held in the append that makes it, does not begin with it, and goes on when it is released', async () => {
    const fixture = await made();
    expect(fixture.log.of(job, 12).map(({ type }) => type)).toEqual(['JobCreated', 'JobHeld']);
    expect(fixture.log.of(job, 12)[1]?.data).toMatchObject({
      hold: '12-3',
      job: 12,
      target: { kind: 'Thing', id: 'host1' },
      script: 'destroy',
      until: at(60),
    });
    expect(await fixture.look()).toEqual({});
    expect(firstHoldOver(await fixture.job())).toBe(START + 60_000);
    await fixture.tell({ type: 'ReleaseHold', data: { hold: '12-3', by: 'storage', reason: '' } });
    expect(firstHoldOver(await fixture.job())).toBeUndefined();
    expect((await fixture.look())['job-12']).toEqual(['JobStarted', 'JobStepRequested', 'JobTaskDispatched']);
  });

  it('is in error when nobody has released it in time, and asks again after a reset', async () => {
    const fixture = await made();
    fixture.now += 60_000;
    expect(await fixture.look()).toEqual({ 'job-12': ['JobHoldTimedOut', 'JobFailed'] });
    expect(await fixture.look()).toEqual({});
    expect(await fixture.job()).toMatchObject({ stage: 'error' });
  });

  it('is held for its time from when it is appended, where that was decided earlier', async () => {
    const fixture = await made();
    const times = { decided: at(0), appended: at(3600) };
    const events = fixture.log.of(job, 12).map((event) => redate(job, event, times)) as JobEvent[];
    const timeOut = (seconds: number) => ({ type: 'TimeOutHolds', data: { now: START + seconds * 1000 } }) as const;
    expect(events.map(({ type }) => type)).toEqual(['JobCreated', 'JobHeld']);
    given(job, ...events)
      .when(timeOut(3659))
      .yields();
    given(job, ...events)
      .when(timeOut(3660))
      .yields(timedOut, failed);
  });

  it('goes on by itself where the rule says so', async () => {
    const fixture = await made({ whenOver: 'proceed' });
    fixture.now += 60_000;
    const { 'job-12': events } = await fixture.look();
    expect(events?.slice(0, 2)).toEqual(['JobHoldTimedOut', 'JobStarted']);
  });

  it('goes on when its rule is gone', async () => {
    const fixture = await made();
    fixture.log.put(holdRules, 'all', { type: 'HoldRuleRemoved', data: { rule: 3 } });
    const { 'job-12': events } = await fixture.look();
    expect(events?.slice(0, 2)).toEqual(['JobHoldReleased', 'JobStarted']);
    expect(fixture.log.of(job, 12)[2]?.data).toMatchObject({ by: 'system', reason: 'hold rule 3 was deleted' });
  });

  it('does not slip past a rule that is being made', async () => {
    const log = new Streams();
    const found = { site: 'site1', blueprint: 'base', description: 'x' };
    const { target } = hold;
    const making = log.execute(async (work) => {
      expect(await holdsFor(work, { id: 12, target, script: 'destroy', found, now: at(0) })).toEqual([]);
      await work.decide(job, 12, { type: 'CreateJob', data: waiting.data });
      log.put(holdRules, 'all', added);
    });
    await expect(making).rejects.toThrow('changed meanwhile: holdRules-all');
  });

  it('creates without a look at the rules', async () => {
    const log = new Streams();
    const found = { site: 'site1', blueprint: 'base', description: 'x' };
    await log.execute(async (work) => {
      expect(await holdsFor(work, { id: 12, target: hold.target, script: 'create', found, now: at(0) })).toEqual([]);
      expect(work.read()).toEqual([]);
    });
  });
});
