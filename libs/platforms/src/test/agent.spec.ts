import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { test as testAgent } from './agent.ts';
import { fileLedger, MAX_EFFECTS, memoryLedger, type EffectLedger } from './effect-ledger.ts';

const order = { name: 'disk', delay_ms: 0, outcome: 'done', observed: 'ledger' } as const;

describe('the agent of the test platform', () => {
  let directory: string;
  let ledger: EffectLedger;
  let agent: ReturnType<typeof testAgent>;
  const stop = () => new AbortController();
  const context = (task: string, signal = stop().signal) => ({
    task,
    job: 1,
    signal,
    credentials: async () => null,
    debug: () => undefined,
  });
  const happened = async () => (await ledger.effects()).map(({ task, name }) => `${task} ${name}`);

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'ledger-'));
    ledger = fileLedger(path.join(directory, 'effects'));
    agent = testAgent(ledger);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('writes down each effect with its task, and counts those of the same name', async () => {
    expect(await agent.tasks.act(order, context('1-1'))).toEqual({ effects: 1 });
    expect(await agent.tasks.act_once({ ...order, name: 'other' }, context('1-2'))).toEqual({ effects: 1 });
    // Done twice it happens twice: what should not have been repeated can be seen.
    expect(await agent.tasks.act_again(order, context('1-1'))).toEqual({ effects: 2 });
    expect(await happened()).toEqual(['1-1 disk', '1-2 other', '1-1 disk']);
    // Another process that opens the file finds all of it.
    expect(await fileLedger(path.join(directory, 'effects')).effects()).toHaveLength(3);
  });

  it('does not count what another process has only half written down', async () => {
    await agent.tasks.act(order, context('1-1'));
    const [whole] = await ledger.effects();
    await appendFile(path.join(directory, 'effects'), JSON.stringify(whole).slice(0, 20));
    expect(await happened()).toEqual(['1-1 disk']);
    await appendFile(path.join(directory, 'effects'), `${JSON.stringify(whole).slice(20)}\n`);
    expect(await happened()).toEqual(['1-1 disk', '1-1 disk']);
  });

  it('undoes an effect by another one', async () => {
    await agent.tasks.act(order, context('1-1'));
    expect(await agent.tasks.act_rollback({ name: 'disk' }, context('1-2'))).toEqual({ rollback_done: true });
    expect(await happened()).toEqual(['1-1 disk', '1-2 undo disk']);
  });

  it.each([
    ['fail', [], 'fails, as it was told to'],
    ['fail-after', ['1-1 disk'], 'fails after it was done'],
  ] as const)('can be told to %s', async (outcome, effects, message) => {
    await expect(agent.tasks.act({ ...order, outcome }, context('1-1'))).rejects.toThrow(message);
    expect(await happened()).toEqual(effects);
  });

  it.each([
    ['hang', []],
    ['hang-after', ['1-1 disk']],
  ] as const)('can be told to %s, until the agent stops', async (outcome, effects) => {
    const stopping = stop();
    const running = agent.tasks.act({ ...order, outcome }, context('1-1', stopping.signal));
    while ((await ledger.effects()).length < effects.length) await new Promise(setImmediate);
    stopping.abort();
    await expect(running).rejects.toThrow('aborted');
    expect(await happened()).toEqual(effects);
  });

  it('can be told to answer something else than its contract', async () => {
    expect(await agent.tasks.act({ ...order, outcome: 'wrong' }, context('1-1'))).toEqual({ effects: 'many' });
  });

  it('ends a delay when the agent stops, before the effect', async () => {
    const stopping = stop();
    const running = agent.tasks.act({ ...order, delay_ms: 60_000 }, context('1-1', stopping.signal));
    stopping.abort();
    await expect(running).rejects.toThrow('aborted');
    expect(await happened()).toEqual([]);
  });

  it('tells from the ledger what became of a task', async () => {
    await agent.tasks.act(order, context('1-1'));
    expect(await agent.observe.act(order, context('1-1'))).toEqual({ state: 'done', result: { effects: 1 } });
    expect(await agent.observe.act(order, context('1-2'))).toEqual({ state: 'not-done' });
    expect(await happened()).toHaveLength(1);
  });

  it('can be told to tell nothing', async () => {
    const unknown = agent.observe.act({ ...order, observed: 'unknown' }, context('1-1'));
    expect(await unknown).toMatchObject({ state: 'unknown', reason: '"disk" does not tell, as it was told' });
    const failing = agent.observe.act({ ...order, observed: 'fail' }, context('1-1'));
    await expect(failing).rejects.toThrow('cannot be observed');
  });

  it('writes down of a password only that it came', async () => {
    await agent.tasks.act({ ...order, password: new Secret('geheim') }, context('1-1'));
    const [effect] = await ledger.effects();
    expect(effect?.password).toBe('addb0f5e7826c857d7376d1bd9bc33c0c544790a2eac96144a8af22b1298c940');
  });

  it('keeps a bounded number of effects where it has no file', async () => {
    const memory = memoryLedger();
    for (let n = 0; n <= MAX_EFFECTS; n += 1) await memory.append({ task: `1-${n}`, name: 'disk', at: '' });
    const effects = await memory.effects();
    expect(effects).toHaveLength(MAX_EFFECTS);
    expect(effects[0]?.task).toBe('1-1');
  });
});
