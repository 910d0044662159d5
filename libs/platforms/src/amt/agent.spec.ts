import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import type { TaskContext } from '#platform';
import { startAmtEngine, type AmtEngine } from '../../test/amt-engine.ts';
import { amt } from './agent.ts';

let engine: AmtEngine;
beforeEach(async () => void (engine = await startAmtEngine()));
afterEach(() => engine.stop());

const context: TaskContext = {
  task: '1-1',
  job: 1,
  signal: new AbortController().signal,
  credentials: async (value) => value as never,
  debug: () => undefined,
};
const agent = amt({ retryMs: 1, patience: { everyMs: 1, switchedMs: 20, askedMs: 20 } });
const at = (password = 'Secret-1') => ({
  connection: {
    ip_address: `127.0.0.1:${engine.port}`,
    credentials: { username: new Secret('admin'), password: new Secret(password) },
  },
});

describe('the power of a machine', () => {
  it.each([
    [2, 'on'],
    [4, 'standby'],
    [5, 'reboot'],
    [7, 'hibernate'],
    [8, 'off'],
  ])('is told: %d is %s', async (power, state) => {
    engine.machine.power = power;
    expect(await agent.tasks.power_state(at(), context)).toEqual({ state });
  });

  it('is an error where its code is none', async () => {
    engine.machine.power = 99;
    await expect(agent.tasks.power_state(at(), context)).rejects.toThrow('a power state that is unknown: 99');
  });

  it.each([
    ['on', 8, 'on', [2]],
    ['on', 2, 'on', []],
    ['on', 4, 'on', [2]],
    ['off', 2, 'off', [8]],
    ['soft_off', 2, 'off', [8]],
    ['soft_off', 8, 'off', []],
  ] as const)('set to %s while it is %d, is %s then', async (state, power, then, requests) => {
    engine.machine.power = power;
    expect(await agent.tasks.set_power({ ...at(), state }, context)).toEqual({ state: then });
    expect(engine.machine.requests).toEqual(requests);
  });

  it('is not taken for set where the engine refuses', async () => {
    engine.machine.returns.set('RequestPowerStateChange', 2);
    await expect(agent.tasks.set_power({ ...at(), state: 'on' }, context)).rejects.toThrow(
      /refuses RequestPowerStateChange: ReturnValue 2 \(it failed\)$/,
    );
    expect(engine.machine.power).toBe(8);
  });
});

describe('what is booted', () => {
  it.each([
    ['pxe', 'Force PXE Boot'],
    ['disk', 'Force Hard-drive Boot'],
    ['cdrom', 'Force CD/DVD Boot'],
    ['none', 'its own settings'],
  ] as const)('at the next start is %s, and at no other', async (device, booted) => {
    expect(await agent.tasks.set_boot({ ...at(), device }, context)).toEqual({ device });
    for (const state of ['on', 'off', 'on'] as const) await agent.tasks.set_power({ ...at(), state }, context);
    expect(engine.machine.booted).toEqual([booted, 'its own settings']);
  });

  it.each(['ChangeBootOrder', 'SetBootConfigRole'])('is an error where the engine refuses %s', async (method) => {
    engine.machine.returns.set(method, 5);
    await expect(agent.tasks.set_boot({ ...at(), device: 'pxe' }, context)).rejects.toThrow(
      `refuses ${method}: ReturnValue 5 (a wrong parameter)`,
    );
  });
});

describe('an engine', () => {
  it('that lets nobody in says so in words', async () => {
    await expect(agent.tasks.power_state(at('wrong'), context)).rejects.toThrow(
      `AMT at http://127.0.0.1:${engine.port} does not let "admin" in: wrong user name or password`,
    );
  });

  it('that cuts connections is tried again, after a pause', async () => {
    const patient = amt({ retryMs: 60, patience: { everyMs: 1, switchedMs: 20, askedMs: 20 } });
    engine.machine.cut = 3;
    const begun = performance.now();
    expect(await patient.tasks.power_state(at(), context)).toEqual({ state: 'off' });
    expect(performance.now() - begun).toBeGreaterThan(150);
  });

  it('that is not there is told after six tries', async () => {
    const gone = await startAmtEngine();
    await gone.stop();
    const order = { connection: { ...at().connection, ip_address: `127.0.0.1:${gone.port}` } };
    await expect(agent.tasks.power_state(order, context)).rejects.toThrow(
      `AMT was not reached at http://127.0.0.1:${gone.port}, in 6 tries: connect ECONNREFUSED`,
    );
  });

  it.each([true, false])('may take a nonce once, and say so: %p', async (saysStale) => {
    Object.assign(engine.machine, { nonceLasts: 1, saysStale });
    expect(await agent.tasks.set_power({ ...at(), state: 'on' }, context)).toEqual({ state: 'on' });
  });

  it('is asked with a wrong password once', async () => {
    await expect(agent.tasks.power_state(at('wrong'), context)).rejects.toThrow('wrong user name or password');
    expect(engine.machine.refused).toBe(1);
  });
});
