import type { Action } from '#api';
import { action, dateTime, defineModel, integer, map, parameter, shape, shaped, staticAction, text } from '#api';
import type { NamedCommand } from '#event-store';
import { refuse } from '#kernel';
import type { Key } from '#read-store';
import { CancelWave, CreateWave, DeleteWave, PauseWave, PreviewWave, ResumeWave } from './wave.commands.ts';
import { MAX_BATCH, MAX_TARGETS } from './wave-targets.ts';
import { MAX_NAMED, waveLists, waves, waveTargetKey, waveTargets } from './waves.ts';

const docs = {
  kind: 'What it works on: Foundation or Structure.',
  script: 'The name of a utility script of their blueprints.',
  targets: `The ids of its targets, at most ${MAX_TARGETS}, in their order; of a wave that is there the first ${MAX_NAMED}.`,
  selection:
    'What it works on, where it is not listed: label, blueprint, site, exact, state, owner, complex, as foundations and structures are selected.',
  size: `How many targets are in a batch, at most ${MAX_BATCH}: the next one begins when all of these are done, skipped or have failed.`,
  percent: 'The same as a part of all targets, in percent.',
  failures: 'It pauses when so many targets have failed since it was made, or resumed.',
};

export const waveFields = {
  description: text(200, { mode: 'RC', required: true }),
  kind: text(50, { mode: 'RC', required: true, doc: docs.kind }),
  script_name: text(50, { mode: 'RC', required: true, doc: docs.script }),
  targets: text(undefined, { mode: 'RC', list: true, required: true, default: [], doc: docs.targets }),
  selection: map({ mode: 'RC', doc: docs.selection }),
  batch_size: integer({ mode: 'RC', doc: docs.size }),
  batch_percent: integer({ mode: 'RC', doc: docs.percent }),
  max_failures: integer({ mode: 'RC', required: true, default: 1, doc: docs.failures }),
  state: text(10, { mode: 'RO', doc: 'running, paused, done or cancelled.' }),
  message: text(1024, { mode: 'RO', doc: 'Why it is paused or cancelled.' }),
  batch: integer({ mode: 'RO', doc: 'How many batches have begun.' }),
  batches: integer({ mode: 'RO' }),
  total: integer({ mode: 'RO', doc: 'How many targets it has.' }),
  waiting: integer({ mode: 'RO', doc: 'How many of them wait for their turn.' }),
  running: integer({ mode: 'RO', doc: 'How many have a job that is under way.' }),
  done: integer({ mode: 'RO' }),
  failed: integer({ mode: 'RO', doc: 'How many have a job that is in error, was aborted, or was cancelled.' }),
  skipped: integer({ mode: 'RO', doc: 'How many could not get a job when it was their turn.' }),
  creator: text(150, { mode: 'RO' }),
  id: integer({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** How many targets of a wave are told of at a time. */
const MAX_TOLD = 500;
const progressShape = shape.record({
  total: shape.count(),
  targets: shape.list(
    shape.record({
      target: shape.text(),
      batch: shape.count(),
      state: shape.text('waiting, running, done, failed or skipped.'),
      job: shape.textOrNull('Id of its job.'),
      reason: shape.text('Why it was skipped, or has failed.'),
      since: shape.textOrNull('Since when, ISO 8601.'),
    }),
  ),
});
const previewShape = shape.record({
  total: shape.count(),
  batches: shape.count(),
  targets: shape.list(
    shape.record({
      target: shape.text(),
      batch: shape.count(),
      problem: shape.textOrNull('Why it would be skipped now.'),
    }),
  ),
});

const grant = { grant: 'Foreman.can_wave' };
const act = (doc: string, command: (id: Key) => NamedCommand): Action =>
  action({ doc, parameters: {}, permission: grant, command });

const previewed = {
  kind: parameter.text({ doc: docs.kind }),
  script_name: parameter.text({ doc: docs.script }),
  targets: parameter.text({ list: true, default: [], doc: docs.targets }),
  selection: parameter.map({ default: null, doc: docs.selection }),
  batch_size: parameter.integer({ default: null, doc: docs.size }),
  batch_percent: parameter.integer({ default: null, doc: docs.percent }),
};

/** Scripts that are run on many targets, so many at a time. */
export const waveModel = defineModel({
  path: 'Foreman/Wave',
  doc: 'A utility script that is run on many foundations or structures, batch by batch, and stops when too many fail.',
  protocols: ['rest'],
  idField: 'id',
  fields: waveFields,
  rows: waves,
  present: ({ named, script, batchSize, maxFailures, stage, ...row }, id) => ({
    ...row,
    id,
    script_name: script,
    targets: named,
    selection: null,
    batch_size: batchSize,
    batch_percent: null,
    max_failures: maxFailures,
    state: stage,
    batches: Math.ceil(row.total / batchSize),
    waiting: row.total - row.running - row.done - row.failed - row.skipped,
  }),
  create: (values) => new CreateWave(values),
  deletion: { command: (ids) => new DeleteWave(ids) },
  filters: {
    state: {
      doc: 'By its state: running, paused, done or cancelled.',
      parameters: { state: parameter.text() },
      where: ({ state }) => ({ stage: String(state) }),
    },
  },
  actions: {
    pause: act('Makes no more jobs until it is resumed; those that were made go on.', (id) => new PauseWave(id)),
    resume: act('Goes on, and counts failures anew.', (id) => new ResumeWave(id)),
    cancel: act(
      'Ends it: its jobs that have not begun are cancelled, those that have go on.',
      (id) => new CancelWave(id),
    ),
    progress: action({
      doc: `How far each target is, in their order, at most ${MAX_TOLD} at a time.`,
      parameters: {
        skip: parameter.integer({ default: 0 }),
        count: parameter.integer({ default: MAX_TOLD }),
      },
      returns: shaped(progressShape),
      permission: { grant: 'Foreman.view_wave' },
      query: async (id, { skip, count }, { view }) => {
        const [row, list] = await Promise.all([view.get(waves, id), view.get(waveLists, id)]);
        if (!row || !list) throw refuse('', 'NOT_FOUND', 'the wave is gone');
        const from = Math.max(0, skip ?? 0);
        const some = list.targets.slice(from, from + Math.min(MAX_TOLD, Math.max(0, count ?? MAX_TOLD)));
        const told = await view.many(
          waveTargets,
          some.map((target) => waveTargetKey(id, target)),
        );
        return {
          total: row.total,
          targets: some.map((target, n) => {
            const its = told.get(waveTargetKey(id, target));
            const batch = Math.floor((from + n) / row.batchSize) + 1;
            const { state = 'waiting', job = null, reason = '', updated: since = null } = its ?? {};
            return { target, batch, state, job: job === null ? null : String(job), reason, since };
          }),
        };
      },
    }),
    preview: staticAction({
      doc: 'Who would be in a wave, in which batch, and why some would be skipped as things are; nothing is made.',
      parameters: previewed,
      returns: shaped(previewShape),
      permission: { grant: 'Foreman.add_wave' },
      command: ({ kind, script_name: script, ...values }) =>
        new PreviewWave({
          ...values,
          kind: kind ?? '',
          script_name: script ?? '',
          description: '',
          max_failures: 1,
        }),
    }),
  },
});
