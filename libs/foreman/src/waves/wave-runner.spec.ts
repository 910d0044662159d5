import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import type { CommandGateway, Recorded } from '#event-store';
import { silentLogger } from '#kernel';
import type { ReadStore } from '#read-store';
import { AdvanceWave, NoteWaveJob } from './wave-progress.commands.ts';
import { WaveRunner } from './wave-runner.ts';

/** Read models in which there is nothing. */
const reads = {
  now: { keys: async () => ({ keys: [], total: 0 }), many: async () => new Map() },
  projector: { caughtUp: async () => true },
} as unknown as ReadStore;
const clock = { now: () => new Date(0).toISOString(), millis: () => 0 } as never;
const event = (stream: string, type: string, data = {}) => ({ stream, type, data }) as unknown as Recorded;

describe('what keeps waves going', () => {
  let runner: WaveRunner;
  /** Ids of the jobs that were looked at, in their order. */
  const looked: number[] = [];
  let execute: () => Promise<void> = async () => undefined;

  function begin(): void {
    looked.length = 0;
    const commands = {
      execute: async (command: unknown) => {
        if (command instanceof NoteWaveJob) {
          looked.push(command.job);
          await execute();
        }
        return { value: command instanceof AdvanceWave ? false : undefined };
      },
    } as unknown as CommandGateway;
    runner = new WaveRunner({ commands, reads, head: async () => 0n, clock, log: silentLogger });
    runner.leading = true;
    runner.heard(event('wave-1', 'WaveJobCreated', { target: 'a', job: 7 }));
  }
  afterEach(() => void (runner.leading = false));

  it('looks at a job once more when something happens to it while it is looked at', async () => {
    let go = (): void => undefined;
    execute = () => new Promise((resolve) => (go = resolve));
    begin();
    runner.heard(event('job-7', 'JobFailed'));
    await until(() => looked.length === 1);
    runner.heard(event('job-7', 'JobReset'));
    execute = async () => undefined;
    go();
    await until(() => looked.length === 2);
    await until(() => runner.size === 1);
    expect(looked).toEqual([7, 7]);
  });

  it('looks at a job again where that has failed, and forgets it when it is over', async () => {
    let failures = 1;
    execute = async () => {
      if ((failures -= 1) >= 0) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    };
    begin();
    runner.heard(event('job-7', 'JobEnded'));
    await until(() => looked.length === 1);
    runner.heard(event('wave-1', 'WaveResumed'));
    await until(() => runner.size === 0);
    expect(looked).toEqual([7, 7]);
  });
});
