import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** A script that is to be run on many targets, so many at a time. */
export interface NewWave {
  readonly description: string;
  /** The kind of its targets: `Foundation`. */
  readonly kind: string;
  /** The name of a utility script. */
  readonly script: string;
  /** Ids of its targets, in the order in which they have their turn; each once. */
  readonly targets: readonly string[];
  /** How many targets are in a batch. */
  readonly batchSize: number;
  /** It pauses when so many targets have failed since it was made, or resumed. */
  readonly maxFailures: number;
  readonly creator: string;
}

/** What became of a target with its job. */
export interface TargetOutcome {
  readonly target: string;
  readonly job: number;
}

/** What a target was before: `failed`, where its job was reset, or is over by now. */
export interface EarlierOutcome {
  readonly was: 'running' | 'failed';
}

/** `failed`: its job is in error, aborted or cancelled; where it is reset, it is `running` again. */
export type TargetState = 'running' | 'done' | 'failed' | 'skipped';

export interface Wave extends NewWave {
  stage: 'running' | 'paused' | 'done' | 'cancelled';
  /** How many batches have begun. */
  batch: number;
  /** How many targets have had their turn: they have got their job, or were skipped. */
  turned: number;
  /** How many targets have a job that is under way. */
  running: number;
  /** How many have failed since it was made or resumed. */
  failures: number;
  /** Those that have had their turn. */
  readonly states: Record<string, TargetState>;
  /** The targets of its jobs that may go on, by the ids of these. */
  readonly jobs: Record<number, string>;
}

type WaveCommand =
  | Message<'CreateWave', NewWave>
  | Message<'BeginBatch', object>
  | Message<'AddJob', TargetOutcome>
  | Message<'SkipTarget', { readonly target: string; readonly reason: string }>
  | Message<'NoteDone', { readonly job: number }>
  | Message<'NoteFailed', { readonly job: number; readonly reason: string; readonly over: boolean }>
  | Message<'NoteRunning', { readonly job: number }>
  | Message<'PauseWave', { readonly reason: string }>
  | Message<'ResumeWave', object>
  | Message<'CancelWave', { readonly by: string }>
  | Message<'FinishWave', object>
  | Message<'DeleteWave', object>;

export type WaveEvent =
  | Message<'WaveCreated', NewWave>
  | Message<'WaveBatchBegun', { readonly batch: number; readonly targets: number }>
  | Message<'WaveJobCreated', TargetOutcome>
  | Message<'WaveTargetSkipped', { readonly target: string; readonly reason: string }>
  | Message<'WaveTargetDone', TargetOutcome & EarlierOutcome>
  | Message<'WaveTargetFailed', TargetOutcome & EarlierOutcome & { readonly reason: string; readonly over: boolean }>
  | Message<'WaveTargetResumed', TargetOutcome>
  | Message<'WavePaused', { readonly reason: string }>
  | Message<'WaveResumed', object>
  | Message<'WaveCanceled', { readonly by: string }>
  | Message<'WaveFinished', object>
  | Message<'WaveDeleted', { readonly targets: readonly string[] }>;

type State = Wave | undefined;

const notFound = () => refuse('', 'NOT_FOUND', 'Wave does not exist');
/** A rule for a wave in one of these stages. */
const when =
  <D>(
    stages: readonly Wave['stage'][],
    code: string,
    text: string,
    event: (data: D, wave: Readonly<Wave>) => WaveEvent | readonly WaveEvent[],
  ) =>
  (data: D, wave: Readonly<State>) => {
    if (!wave) return notFound();
    return stages.includes(wave.stage) ? event(data, wave) : refuse('', code, text);
  };
/** A rule for what became of one of its jobs: nothing where that is over, or it is none of its own. */
const told =
  <D extends { readonly job: number }>(
    event: (
      data: D,
      target: string,
      was: 'running' | 'failed',
      wave: Readonly<Wave>,
    ) => WaveEvent | readonly WaveEvent[],
  ) =>
  (data: D, wave: Readonly<State>) => {
    const target = wave?.jobs[data.job];
    if (!wave || target === undefined) return [];
    return event(data, target, wave.states[target] === 'failed' ? 'failed' : 'running', wave);
  };

const isNotRunning = ['NOT_RUNNING', 'the wave does not run'] as const;

/** The number of the target behind the last one of a batch. */
const endOfBatch = ({ batch, batchSize, targets }: Pick<Wave, 'batch' | 'batchSize' | 'targets'>): number =>
  Math.min(batch * batchSize, targets.length);

/** What a wave does next: the turn of a target, a batch, its end; undefined: it waits, or does nothing more. */
export function nextOf(wave: Readonly<Wave>): { readonly turn: string } | 'batch' | 'end' | undefined {
  const { stage, turned, running, targets } = wave;
  if (stage !== 'running') return undefined;
  if (turned < endOfBatch(wave)) return { turn: targets[turned]! };
  if (running > 0) return undefined;
  return turned < targets.length ? 'batch' : 'end';
}

export const wave: Decider<State, WaveCommand, WaveEvent> = {
  category: 'wave',
  snapshotVersion: 1,
  creationCommands: ['CreateWave'],
  initial: () => undefined,
  decide: {
    CreateWave: (data, state) =>
      state ? refuse('id', 'TAKEN', 'Wave with this Id already exists.') : { type: 'WaveCreated', data },
    BeginBatch: when(['running'], ...isNotRunning, (_, state) => {
      const batch = state.batch + 1;
      return { type: 'WaveBatchBegun', data: { batch, targets: endOfBatch({ ...state, batch }) - state.turned } };
    }),
    AddJob: when(['running'], ...isNotRunning, (data, { states }) =>
      Object.hasOwn(states, data.target) ? [] : { type: 'WaveJobCreated', data },
    ),
    SkipTarget: when(['running'], ...isNotRunning, (data, { states }) =>
      Object.hasOwn(states, data.target) ? [] : { type: 'WaveTargetSkipped', data },
    ),
    NoteDone: told(({ job }, target, was) => ({ type: 'WaveTargetDone', data: { target, job, was } })),
    NoteFailed: told(({ job, reason, over }, target, was, { stage, failures, maxFailures }) => {
      const failed: WaveEvent = { type: 'WaveTargetFailed', data: { target, job, reason, over, was } };
      // It is told again only where its job is over by now.
      if (was === 'failed') return over ? failed : [];
      const pauses = stage === 'running' && failures + 1 >= maxFailures;
      const why = `${failures + 1} of its targets ${failures === 0 ? 'has' : 'have'} failed, the last one is ${target}`;
      return [failed, ...(pauses ? [{ type: 'WavePaused' as const, data: { reason: why } }] : [])];
    }),
    NoteRunning: told(({ job }, target, was) =>
      was === 'failed' ? { type: 'WaveTargetResumed', data: { target, job } } : [],
    ),
    PauseWave: when(['running'], 'NOT_PAUSEABLE', 'Only a wave that runs can be paused', (data) => ({
      type: 'WavePaused',
      data,
    })),
    ResumeWave: when(['paused'], 'NOT_PAUSED', 'Only a wave that is paused can be resumed', (data) => ({
      type: 'WaveResumed',
      data,
    })),
    CancelWave: when(['running', 'paused'], 'IS_OVER', 'The wave is over', (data) => ({ type: 'WaveCanceled', data })),
    FinishWave: when(['running'], ...isNotRunning, (data) => ({ type: 'WaveFinished', data })),
    DeleteWave: when(
      ['done', 'cancelled'],
      'NOT_OVER',
      'Only a wave that is over can be deleted: cancel it',
      (_, { states }) => ({
        type: 'WaveDeleted',
        data: { targets: Object.keys(states) },
      }),
    ),
  },
  evolve: {
    WaveCreated: (data) => ({
      ...data,
      stage: 'running',
      batch: 0,
      turned: 0,
      running: 0,
      failures: 0,
      states: {},
      jobs: {},
    }),
    WaveBatchBegun: ({ batch }, state) => state && Object.assign(state, { batch }),
    WaveJobCreated: ({ target, job }, state) => {
      if (!state) return state;
      state.states[target] = 'running';
      state.jobs[job] = target;
      state.turned += 1;
      state.running += 1;
      return state;
    },
    WaveTargetSkipped: ({ target }, state) => {
      if (!state) return state;
      state.states[target] = 'skipped';
      state.turned += 1;
      return state;
    },
    WaveTargetDone: (data, state) => moved(state, data, 'done', true),
    WaveTargetFailed: (data, state) => {
      if (state && data.was === 'running') state.failures += 1;
      return moved(state, data, 'failed', data.over);
    },
    WaveTargetResumed: (data, state) => moved(state, data, 'running', false),
    WavePaused: (_, state) => state && Object.assign(state, { stage: 'paused' }),
    WaveResumed: (_, state) => state && Object.assign(state, { stage: 'running', failures: 0 }),
    WaveCanceled: (_, state) => state && Object.assign(state, { stage: 'cancelled' }),
    WaveFinished: (_, state) => state && Object.assign(state, { stage: 'done' }),
    WaveDeleted: () => undefined,
  },
};

/** A target is in another state; where its job is over, nothing more is heard of it. */
function moved(state: State, { target, job }: TargetOutcome, to: TargetState, over: boolean): State {
  if (!state) return state;
  if (state.states[target] === 'running') state.running -= 1;
  if (to === 'running') state.running += 1;
  state.states[target] = to;
  if (over) delete state.jobs[job];
  return state;
}
