import { describe, expect, it } from '@jest/globals';
import type { Key, ReadModel, View } from '#read-store';
import { CachedRow, viewOf } from '#read-store';
import type { StatusEntry } from '#tscript';
import { dispatch, order } from '../test/example-jobs.ts';
import type { Condition } from './condition.ts';
import { condition } from './condition.ts';
import type { DispatchLedger } from './dispatch-ledger.ts';
import { JobInsight, UNTAKEN_MS } from './job-insight.ts';
import type { JobTarget } from './job-target.ts';
import type { JobRow } from './jobs.ts';
import { StalledJobs } from './stalled-jobs.ts';
import type { SubcontractorRow } from './subcontractor/subcontractors.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ago = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();
const SINCE = ago(UNTAKEN_MS);
const row = (changes: Partial<JobRow> = {}) =>
  ({
    site: 'site1',
    target: { kind: 'Foundation', id: 'host1' },
    script: 'create',
    stage: 'queued',
    message: '',
    order,
    dispatch: null,
    dispatchedAt: null,
    observing: false,
    openSince: SINCE,
    wakeAt: null,
    signal: { pxe: null, complete: false },
    holds: [],
    updated: SINCE,
    ...changes,
  }) as JobRow;

const PLANNED = condition('complex-not-built', 'complex c is 40 % of 90 %', [['Building/Complex', 'c']]);
const target = { conditions: async () => [PLANNED] } as unknown as JobTarget;

describe('why a job does not move', () => {
  const stalled = new StalledJobs();
  const taken: StatusEntry = [
    0,
    'Function',
    { module: 'lab', name: 'work', dispatched: true, agent: 'a1', since: SINCE },
  ];
  let served = false;
  let held: readonly Condition[] = [];
  let full: readonly Condition[] = [];
  const insight = new JobInsight(
    stalled,
    {} as DispatchLedger,
    { millis: () => NOW },
    {
      serves: () => served,
      missing: () => [
        { agent: 'a1', site: 'site1', module: 'lab', program: 'ping', package: 'iputils-ping' },
        { agent: 'a2', site: 'site2', module: 'lab', program: 'ping', package: 'iputils-ping' },
        { agent: 'a1', site: 'site1', module: 'other', program: 'ssh', package: 'ssh' },
      ],
    },
    { startConditions: async () => held, taskConditions: () => full },
  );
  let agents: readonly SubcontractorRow[] = [];
  const view = viewOf({
    cached: async <Row extends object>(_: ReadModel<Row>, keys: readonly Key[]) =>
      new Map(keys.map((key) => [key, new CachedRow(agents[Number(key)] as unknown as Row, 1n, 1)])),
    keys: async () => ({ keys: agents.map((_, n) => n), total: agents.length }),
  });
  const agentRow = (agent: string, changes: Partial<SubcontractorRow> = {}): SubcontractorRow => ({
    site: 'site1',
    agent,
    transport: 'wire',
    modules: { lab: 5 },
    present: false,
    since: SINCE,
    lastSeen: SINCE,
    created: SINCE,
    updated: SINCE,
    ...changes,
  });
  const why = (changes: Partial<JobRow>, entries: readonly StatusEntry[] = [], job = 12) =>
    insight.conditionsOf(job, row(changes), { view, target, entries });
  const named = async (changes: Partial<JobRow>, entries: readonly StatusEntry[] = []) =>
    (await why(changes, entries)).map(({ name, text }) => `${name}: ${text}`);

  it('is what its target says while it waits', async () => {
    expect(await why({ stage: 'waiting', order: null })).toEqual([PLANNED]);
    const { message } = row();
    expect(insight.messageOf(row({ stage: 'waiting', message }), [PLANNED])).toBe('complex c is 40 % of 90 %');
    expect(insight.messageOf(row({ stage: 'waiting', message: 'nothing to run' }), [PLANNED])).toBeUndefined();
  });

  it('is also a window that is shut, or a limit that is reached', async () => {
    held = [condition('limit', 'site lab runs 5 of 5 jobs', [['Site/Site', 'lab']])];
    expect((await why({ stage: 'waiting', order: null })).map(({ name }) => name)).toEqual([
      'complex-not-built',
      'limit',
    ]);
    held = [];
    full = [condition('limit', 'module lab runs 2 of 2 tasks')];
    const found = await why({});
    expect(found.map(({ name }) => name)).toEqual(['limit']);
    expect(insight.messageOf(row(), found)).toBe('module lab runs 2 of 2 tasks');
    full = [];
  });

  it('is that its task cannot be sent, and what does not take it', async () => {
    const dispatchedRow = { dispatch, dispatchedAt: SINCE };
    stalled.noteUnsent(12, new Error('no responders'));
    const found = await why(dispatchedRow);
    expect(found.map(({ name }) => name)).toEqual(['wire', ...(found.length > 1 ? ['program-missing'] : [])]);
    expect(insight.messageOf(row(dispatchedRow), found)).toBe(
      'Its task cannot be sent for now, the wire does not take it: no responders',
    );
    stalled.noteUnsent(12, Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    expect((await why(dispatchedRow))[0]).toEqual(
      condition('database', 'Its task cannot be sent for now, the database does not take it: connect ECONNREFUSED'),
    );
    stalled.goesOn(12);
    expect((await why(dispatchedRow))[0]?.name).toBe('on-its-way');
  });

  it('is what it needs and cannot get, once nothing else is in the way', async () => {
    const needy = {
      conditions: async () => [],
      lacks: async (_: View, id: string, { needs }: { readonly needs: readonly string[] }) =>
        `no ${String(needs)} for ${id}`,
    } as unknown as JobTarget;
    const found = await insight.conditionsOf(12, row({ stage: 'waiting', needs: ['address'], order: null }), {
      view: {} as View,
      target: needy,
      entries: [],
    });
    expect(found).toEqual([condition('needs-address', 'no address for host1', [['Site/Site', 'site1']])]);
    expect((await why({ stage: 'waiting', needs: ['address'] })).map(({ name }) => name)).toEqual([
      'complex-not-built',
    ]);
  });

  it.each([
    ['paused', 'look', 'paused: It is paused: look. Resume it'],
    ['paused', '', 'paused: It is paused: somebody has paused it. Resume it'],
    ['error', 'no disk', 'error: It is in error: no disk. Reset it, roll it back, or cancel it'],
    ['aborted', 'no hope', 'aborted: It was aborted: no hope. Cancel it'],
  ] as const)('is that it is %s, with its message "%s"', async (stage, message, text) => {
    expect(await named({ stage, message })).toEqual([text]);
  });

  it('is an agent, where none takes its task, as far as a process knows that is not the foreman', async () => {
    insight.leading = false;
    const waiting = `Waiting for an agent to take lab.work (task 12-1) since ${SINCE}: `;
    const absent = `${waiting}no subcontractor serves module "lab" at site "site1"`;
    const found = await why({});
    const text = `${absent}, and none is known to have`;
    expect(found).toEqual([condition('agent-absent', text, [['Site/Site', 'site1']], { since: SINCE })]);
    expect(insight.messageOf(row(), found)).toBe(text);
    agents = [agentRow('a1', { lastSeen: ago(90_000) }), agentRow('a2', { lastSeen: ago(60_000) })];
    expect(await named({})).toEqual([`agent-absent: ${absent} since ${ago(60_000)}, when a2 was last heard of`]);
    agents = [...agents, agentRow('a3', { present: true, lastSeen: null })];
    expect(await named({})).toEqual([
      `agent-busy: ${waiting}subcontractors serve module "lab" at site "site1", and none has taken it`,
    ]);
  });

  it('is that no subcontractor serves it, or that none takes it, and what those lack that are there', async () => {
    insight.leading = true;
    agents = [agentRow('a3', { present: true, lastSeen: null })];
    const waiting = `Waiting for an agent to take lab.work (task 12-1) since ${SINCE}`;
    const lacks = 'program-missing: the program "ping" is not on the agent a1: install the package iputils-ping';
    expect(await named({})).toEqual([
      `agent-absent: ${waiting}: no subcontractor serves module "lab" at site "site1"`,
      lacks,
    ]);
    served = true;
    expect(await named({})).toEqual([
      `agent-busy: ${waiting}: subcontractors serve module "lab" at site "site1", and none has taken it`,
      lacks,
    ]);
    expect(await named({ observing: true })).toEqual([
      expect.stringContaining('to tell what became of lab.work (task 12-1)'),
      lacks,
    ]);
  });

  it('is nothing yet where its task is new', async () => {
    expect(await why({ openSince: ago(UNTAKEN_MS / 2) })).toEqual([]);
  });

  it('is the agent that has its task, or that it is on its way', async () => {
    insight.leading = false;
    expect(await named({ dispatch, dispatchedAt: SINCE }, [taken])).toEqual([
      `at-agent: a1 is at work on lab.work (task 12-1) since ${SINCE}`,
    ]);
    expect(await named({ dispatch, observing: true }, [taken])).toEqual([
      `at-agent: a1 is asked what became of lab.work (task 12-1) since ${SINCE}`,
    ]);
    expect(await named({ dispatch, dispatchedAt: SINCE })).toEqual([
      `on-its-way: lab.work (task 12-1) is on its way to an agent since ${SINCE}`,
    ]);
  });

  it('is a time, a signal, or what its script says', async () => {
    const until = '2026-01-01T12:10:00.000Z';
    expect(await why({ order: null, message: 'Waiting for 600 more seconds', wakeAt: until })).toEqual([
      condition('timer', `Waiting for 600 more seconds, until ${until} at the latest`, [], { since: SINCE, until }),
    ]);
    const call: StatusEntry = [0, 'Function', { module: 'signaling', name: 'wait_for_completion' }];
    expect(await why({ order: null, signal: { pxe: 'disk-wipe', complete: false } }, [call])).toEqual([
      condition(
        'signal',
        'Waiting for the signal 12(disk-wipe) of the machine that was booted',
        [['Foreman/BaseJob', 12]],
        { since: SINCE },
      ),
    ]);
    expect(await named({ order: null, message: 'no address is free' })).toEqual(['script: no address is free']);
    expect(await why({ order: null })).toEqual([]);
  });

  it('is the database, where that is away', async () => {
    stalled.stall(13, new Error('no space'));
    const found = await why({ order: null }, [], 13);
    expect(found).toEqual([condition('database', 'Waiting for the database: no space')]);
    expect(insight.messageOf(row(), found)).toBe('Waiting for the database: no space');
  });
});
