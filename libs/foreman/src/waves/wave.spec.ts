import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { evolve, Refusal } from '#kernel';
import { given, rowsAfter } from '#testing';
import type { NewWave, Wave, WaveEvent } from './wave.ts';
import { nextOf, wave } from './wave.ts';
import { waves, waveTargets } from './waves.ts';

const data: NewWave = {
  description: 'New kernel',
  kind: 'Foundation',
  script: 'upgrade',
  targets: ['a', 'b', 'c'],
  batchSize: 2,
  maxFailures: 2,
  creator: 'root',
};
const created: WaveEvent = { type: 'WaveCreated', data };
const begun: WaveEvent = { type: 'WaveBatchBegun', data: { batch: 1, targets: 2 } };
const jobOf = (target: string, job: number): WaveEvent => ({ type: 'WaveJobCreated', data: { target, job } });
const failed = (target: string, job: number): WaveEvent => ({
  type: 'WaveTargetFailed',
  data: { target, job, reason: 'no disk', over: false, was: 'running' },
});

describe('a wave', () => {
  it('begins with a batch, and makes each job once', () => {
    given(wave, created).when({ type: 'BeginBatch', data: {} }).yields(begun);
    given(wave, created, begun)
      .when({ type: 'AddJob', data: { target: 'a', job: 1 } })
      .yields(jobOf('a', 1));
    given(wave, created, begun, jobOf('a', 1))
      .when({ type: 'AddJob', data: { target: 'a', job: 2 } })
      .yieldsNothing();
  });
  it('has targets of whatever name', () => {
    for (const target of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
      given(wave, created, begun)
        .when({ type: 'AddJob', data: { target, job: 1 } })
        .yields(jobOf(target, 1));
      given(wave, created, begun)
        .when({ type: 'SkipTarget', data: { target, reason: 'gone' } })
        .yields({ type: 'WaveTargetSkipped', data: { target, reason: 'gone' } });
      given(wave, created, begun, jobOf(target, 1))
        .when({ type: 'AddJob', data: { target, job: 2 } })
        .yieldsNothing();
    }
  });
  it('pauses with the failure that is one too many, and counts anew when it is resumed', () => {
    const one = [created, begun, jobOf('a', 1), jobOf('b', 2), failed('a', 1)];
    const fail = { type: 'NoteFailed', data: { job: 2, reason: 'no disk', over: false } } as const;
    const why = '2 of its targets have failed, the last one is b';
    given(wave, ...one)
      .when(fail)
      .yields(failed('b', 2), { type: 'WavePaused', data: { reason: why } });
    given(wave, ...one, { type: 'WavePaused', data: { reason: 'x' } }, { type: 'WaveResumed', data: {} })
      .when(fail)
      .yields(failed('b', 2));
  });
  it('hears of a failed job again when it runs, is done, or is over', () => {
    const so = [created, begun, jobOf('a', 1), failed('a', 1)];
    given(wave, ...so)
      .when({ type: 'NoteRunning', data: { job: 1 } })
      .yields({ type: 'WaveTargetResumed', data: { target: 'a', job: 1 } });
    given(wave, ...so)
      .when({ type: 'NoteDone', data: { job: 1 } })
      .yields({ type: 'WaveTargetDone', data: { target: 'a', job: 1, was: 'failed' } });
    given(wave, ...so)
      .when({ type: 'NoteFailed', data: { job: 1, reason: 'x', over: false } })
      .yieldsNothing();
    given(wave, ...so)
      .when({ type: 'NoteDone', data: { job: 7 } })
      .yieldsNothing();
  });
  it('is paused, resumed, cancelled and deleted in its place alone', () => {
    given(wave, created).when({ type: 'ResumeWave', data: {} }).refuses('', 'NOT_PAUSED');
    given(wave, created, { type: 'WavePaused', data: { reason: 'x' } })
      .when({ type: 'PauseWave', data: { reason: 'x' } })
      .refuses('', 'NOT_PAUSEABLE');
    given(wave, created).when({ type: 'DeleteWave', data: {} }).refuses('', 'NOT_OVER');
    given(wave, created, { type: 'WaveCanceled', data: { by: 'root' } })
      .when({ type: 'CancelWave', data: { by: 'root' } })
      .refuses('', 'IS_OVER');
    given(wave, created, { type: 'WaveCanceled', data: { by: 'root' } })
      .when({ type: 'AddJob', data: { target: 'a', job: 1 } })
      .refuses('', 'NOT_RUNNING');
  });

  it('gives each target its turn once, never begins a batch before the last is over, and is counted as it is', () => {
    const happening = record({
      what: constantFrom('done', 'failed', 'running', 'cancelled', 'resume', 'skip'),
      job: integer({ min: 1, max: 12 }),
    });
    const size = integer({ min: 1, max: 5 });
    assert(
      property(array(happening, { maxLength: 60 }), size, size, (happenings, batchSize, maxFailures) => {
        const targets = Array.from({ length: 9 }, (_, n) => `t${n}`);
        let state: Wave | undefined;
        const events: WaveEvent[] = [];
        const tell = (command: { readonly type: string; readonly data: object }): void => {
          const rule = (wave.decide as unknown as Record<string, (d: object, s: Wave | undefined) => unknown>)[
            command.type
          ]!;
          const decision = rule(command.data, state);
          if (decision instanceof Refusal) return;
          for (const event of [decision].flat() as WaveEvent[]) {
            events.push(structuredClone(event));
            state = evolve(wave, state, structuredClone(event));
          }
        };
        tell({ type: 'CreateWave', data: { ...data, targets, batchSize, maxFailures } });
        let jobs = 0;
        const advance = (skips: boolean): void => {
          for (let next = nextOf(state!); next !== undefined; next = nextOf(state!)) {
            if (next === 'batch') {
              expect(state!.running).toBe(0);
              tell({ type: 'BeginBatch', data: {} });
            } else if (next === 'end') tell({ type: 'FinishWave', data: {} });
            else if (skips) tell({ type: 'SkipTarget', data: { target: next.turn, reason: 'x' } });
            else tell({ type: 'AddJob', data: { target: next.turn, job: (jobs += 1) } });
            expect(state!.running).toBeLessThanOrEqual(targets.length);
          }
        };
        for (const { what, job } of happenings) {
          const outcome = { job, reason: 'x', over: what === 'cancelled' };
          if (what === 'done') tell({ type: 'NoteDone', data: outcome });
          else if (what === 'running') tell({ type: 'NoteRunning', data: outcome });
          else if (what === 'resume') tell({ type: 'ResumeWave', data: {} });
          else if (what !== 'skip') tell({ type: 'NoteFailed', data: outcome });
          advance(what === 'skip');
        }
        const made = events.filter(({ type }) => type === 'WaveJobCreated' || type === 'WaveTargetSkipped');
        const turns = made.map(({ data: turn }) => (turn as { readonly target: string }).target);
        expect(turns).toEqual(targets.slice(0, turns.length));
        // What is shown is what is so.
        const row = rowsAfter(waves, ...events.map((event) => [1, event] as const)).get(1)!;
        const states = Object.values(state!.states);
        const count = (wanted: string) => states.filter((one) => one === wanted).length;
        expect([row.running, row.done, row.failed, row.skipped, row.stage]).toEqual([
          count('running'),
          count('done'),
          count('failed'),
          count('skipped'),
          state!.stage,
        ]);
        expect(state!.running).toBe(count('running'));
        const shown = rowsAfter(waveTargets, ...events.map((event) => [1, event] as const));
        expect(Object.fromEntries([...shown.values()].map((one) => [one.target, one.state]))).toEqual(state!.states);
        // Whoever begins anew hears of every job that may change.
        const open = [...shown.values()].filter(({ over }) => !over).map(({ job }) => job);
        expect(new Set(open)).toEqual(new Set(Object.keys(state!.jobs).map(Number)));
      }),
      { numRuns: 300 },
    );
  });
});
