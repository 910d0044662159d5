import type { ReadModel, Recorded } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { EarlierOutcome, NewWave, TargetOutcome, TargetState, Wave } from './wave.ts';

/** How many of its targets the row of a wave names. */
export const MAX_NAMED = 100;

/** A wave as it is shown: without its targets, but for the first ones. */
export interface WaveRow extends Omit<NewWave, 'targets'> {
  readonly named: readonly string[];
  readonly total: number;
  readonly stage: Wave['stage'];
  /** Why it is as it is, in words. */
  readonly message: string;
  readonly batch: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly created: string;
  readonly updated: string;
}

/** A rule for what became of a target. */
const target = (to: 'running' | 'done' | 'failed' | 'skipped', from?: 'failed') =>
  change<WaveRow, Partial<EarlierOutcome>>((row, { data: { was = from }, at }) => {
    const left = was === undefined ? row : { ...row, [was]: row[was] - 1 };
    return { ...left, [to]: left[to] + 1, updated: at };
  });
const stage = (
  to: Wave['stage'],
  message: (data: { readonly reason?: string; readonly by?: string }) => string = () => '',
) =>
  change<WaveRow, { readonly reason?: string; readonly by?: string }>((row, { data, at }) => ({
    ...row,
    stage: to,
    message: message(data),
    updated: at,
  }));

/** Waves by id. */
export const waves: ReadModel<WaveRow> = {
  name: 'waves',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { stage: ({ stage: its }) => its, kind: ({ kind }) => kind },
  on: {
    WaveCreated: rule<WaveRow, NewWave>((_, { data: { targets, ...data }, at }) => ({
      ...data,
      named: targets.slice(0, MAX_NAMED),
      total: targets.length,
      stage: 'running',
      message: '',
      batch: 0,
      running: 0,
      done: 0,
      failed: 0,
      skipped: 0,
      created: at,
      updated: at,
    })),
    WaveBatchBegun: change<WaveRow, { readonly batch: number }>((row, { data: { batch }, at }) => ({
      ...row,
      batch,
      updated: at,
    })),
    WaveJobCreated: target('running'),
    WaveTargetSkipped: target('skipped'),
    WaveTargetDone: target('done'),
    WaveTargetFailed: target('failed'),
    WaveTargetResumed: target('running', 'failed'),
    WavePaused: stage('paused', ({ reason = '' }) => reason),
    WaveResumed: stage('running'),
    WaveCanceled: stage('cancelled', ({ by = '' }) => `cancelled by ${by}`),
    WaveFinished: stage('done'),
    WaveDeleted: gone<WaveRow>(),
  },
};

/** The targets of a wave, in the order in which they have their turn, by its id. */
export const waveLists: ReadModel<Pick<NewWave, 'targets'>> = {
  name: 'wave_lists',
  version: 1,
  key: 'integer',
  history: true,
  indexes: {},
  on: {
    WaveCreated: rule<Pick<NewWave, 'targets'>, NewWave>((_, { data: { targets } }) => ({ targets })),
    WaveDeleted: gone<Pick<NewWave, 'targets'>>(),
  },
};

/** A target that has had its turn. */
export interface WaveTargetRow {
  readonly wave: number;
  readonly target: string;
  readonly state: TargetState;
  /** Its job; null: it was skipped. */
  readonly job: number | null;
  /** Why it was skipped, or has failed; `''`. */
  readonly reason: string;
  /** Its job is over, or there is none. */
  readonly over: boolean;
  readonly updated: string;
}

interface Told extends Partial<TargetOutcome> {
  readonly target: string;
  readonly reason?: string;
  readonly over?: boolean;
}

/** Key of a target of a wave. */
export const waveTargetKey = (wave: number | string, of: string): string => `${wave}/${of}`;

const turned = (state: TargetState, over: boolean) =>
  rule<WaveTargetRow, Told>(
    (_, { id, data, at }) => ({
      wave: Number(id),
      target: data.target,
      state,
      job: data.job ?? null,
      reason: data.reason ?? '',
      over: data.over ?? over,
      updated: at,
    }),
    ({ id, data }: Recorded<Told>) => waveTargetKey(id, data.target),
  );

/** The targets that have had their turn, by the id of their wave and their own. */
export const waveTargets: ReadModel<WaveTargetRow> = {
  name: 'wave_targets',
  version: 1,
  key: 'text',
  history: false,
  indexes: {
    wave: ({ wave }) => wave,
    /** Whether its job is not over. */
    open: ({ over }) => (over ? null : 'yes'),
  },
  on: {
    WaveJobCreated: turned('running', false),
    WaveTargetSkipped: turned('skipped', true),
    WaveTargetDone: turned('done', true),
    WaveTargetFailed: turned('failed', false),
    WaveTargetResumed: turned('running', false),
    WaveDeleted: gone<WaveTargetRow, { readonly targets: readonly string[] }>(({ id, data }) =>
      data.targets.map((of) => waveTargetKey(id, of)),
    ),
  },
};
