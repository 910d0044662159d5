import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { TestDatabase } from '#testing';
import { stateAfter, testDatabase } from '#testing';
import type { Task } from '#wire';
import { DispatchLedger } from './dispatch-ledger.ts';
import { dispatch, dispatched } from '../test/example-jobs.ts';
import type { ForemanOptions } from './foreman-options.ts';
import type { Job } from './job-messages.ts';
import { job } from './job.ts';
import { TaskSender } from './task-sender.ts';

const LEASE = 30_000;

describe('tasks that are put onto the wire', () => {
  let database: TestDatabase;
  let time: number;
  let sent: Task[];
  let broken: Error | undefined;
  let begun: boolean;
  let sender: TaskSender;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    [time, sent, broken, begun] = [1_000_000, [], undefined, false];
    const ledger = new DispatchLedger(database.pool, 'this server');
    await ledger.start();
    await database.pool.query('TRUNCATE ledger.handed_over');
    const options = {
      lease: LEASE,
      repeatOf: () => 'observe',
      resolveSecrets: async (parameters: Task['parameters']) => ({ parameters, secrets: [], texts: [], erased: [] }),
      wire: {
        lasting: true,
        send: async (task: Task) => {
          if (broken) throw broken;
          sent.push(task);
          return 'receipt';
        },
        withdraw: async () => !begun,
      },
    } as unknown as ForemanOptions;
    const parts = { options, ledger, log: silentLogger, failed: async () => undefined, unsent: () => undefined };
    sender = new TaskSender({ ...parts, now: () => time });
    sender.begins(12);
  });

  const state = stateAfter(job, ...dispatched) as Job;
  const asks: Job = { ...state, observing: true };
  const again = { ...dispatch, cookie: 'c2' };

  it('have the whole of their lease from then on, however long the wire was away', async () => {
    broken = new Error('no connection');
    expect(await sender.send(12, state, dispatch)).toBe(false);
    expect(sender.heardOf('c1')).toBeUndefined();
    broken = undefined;
    time += LEASE;
    expect(await sender.send(12, state, dispatch)).toBe(true);
    expect(sender.heardOf('c1')).toBe(time);
  });

  it('are not asked about, nor sent anew, where an agent has begun them just now', async () => {
    await sender.send(12, state, dispatch);
    begun = true;
    time += LEASE - 1;
    expect(await sender.send(12, asks, again)).toBe(false);
    time += 5000;
    expect(await sender.send(12, asks, again)).toBe(true);
    expect(sent.map(({ cookie, function: name }) => [cookie, name])).toEqual([
      ['c1', 'work'],
      ['c2', 'work.observe'],
    ]);
  });

  it('are not asked about where an agent began them when their lease was over, and shows so a moment later', async () => {
    await sender.send(12, state, dispatch);
    begun = true;
    time += LEASE;
    expect(await sender.send(12, asks, again)).toBe(false);
    time += 2000;
    sender.beat(12, 'c1', 'a1');
    time += LEASE - 1;
    expect(await sender.send(12, asks, again)).toBe(false);
    time += 1;
    expect(await sender.send(12, asks, again)).toBe(true);
  });

  it('are asked about where an agent that has begun them shows no life', async () => {
    await sender.send(12, state, dispatch);
    begun = true;
    time += LEASE;
    expect(await sender.send(12, asks, again)).toBe(false);
    time += 4999;
    expect(await sender.send(12, asks, again)).toBe(false);
    time += 1;
    expect(await sender.send(12, asks, again)).toBe(true);
  });

  it('are asked about at once where no agent has begun them', async () => {
    await sender.send(12, state, dispatch);
    expect(await sender.send(12, asks, again)).toBe(true);
  });
});
