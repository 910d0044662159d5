import type { Model } from '#api';
import { action, byReference, dateTime, defineModel, integer, map, reference, text } from '#api';
import { maskSecrets } from '#kernel';
import { SettleTask } from './foreman.commands.ts';
import type { JobInsight } from './job-insight.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';

/** How much of what somebody says of a failure is taken, in characters. */
const MAX_MESSAGE = 1024;

const permission = { grant: 'Foreman.can_base_job' };
const readOnly = { mode: 'RO' } as const;

/**
 * Tasks of which nobody knows what became of them, by the id of their job: their agent was lost, and the platform does not
 * tell. An operator looks, and says it.
 */
export const lostTaskModel = (insight: Pick<JobInsight, 'takerOfLost'>): Model<JobRow> =>
  defineModel({
    path: 'Foreman/LostTask',
    doc: 'Tasks of which nobody knows what became of them, by the id of their job: look, and say whether it was done.',
    protocols: ['rest'],
    idField: 'id',
    fields: {
      id: integer(readOnly),
      site: reference('Site/Site', readOnly),
      target_class: text(50, readOnly),
      target_id: text(100, readOnly),
      script_name: text(50, readOnly),
      task: text(undefined, { ...readOnly, doc: 'The id by which the platform may know it.' }),
      module: text(undefined, readOnly),
      function: text(undefined, readOnly),
      parameters: map({ ...readOnly, doc: 'What it was given; secrets are masked.' }),
      agent: text(undefined, { ...readOnly, doc: 'Who had it, where that is known.' }),
      message: text(MAX_MESSAGE, { ...readOnly, doc: 'Why nobody knows.' }),
      since: dateTime(readOnly),
    },
    rows: jobs,
    sites: { index: 'site' },
    kind: { lost: 'yes' },
    present: (row, id) => ({
      id,
      site: row.site,
      target_class: row.target.kind,
      target_id: row.target.id,
      script_name: row.script,
      task: row.lost?.task ?? '',
      module: row.order?.module ?? '',
      function: row.order?.function ?? '',
      parameters: maskSecrets(row.order?.parameters ?? {}),
      message: row.message,
      since: row.lost?.since ?? row.updated,
    }),
    complete: async (row) => ({ agent: (await insight.takerOfLost(row))?.agent ?? null }),
    filters: { site: byReference('site', 'Site/Site') },
    actions: {
      done: action({
        doc: 'Says that it had its effect, with what its agent would have reported; the script goes on.',
        parameters: { result: map({ default: {} }) },
        permission,
        command: (id, { result }) => new SettleTask(Number(id), { answer: 'done', result: result ?? {} }),
      }),
      failed: action({
        doc: 'Says that it has failed; the job stays in error, and can be reset, rolled back or cancelled.',
        parameters: { message: text(MAX_MESSAGE, { required: true }) },
        permission,
        command: (id, { message }) => new SettleTask(Number(id), { answer: 'failed', message }),
      }),
      again: action({
        doc: 'Has it done again: it had no effect, or may have it twice.',
        parameters: {},
        permission,
        command: (id) => new SettleTask(Number(id), { answer: 'again' }),
      }),
    },
  });
