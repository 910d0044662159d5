import { byReference, dateTime, defineModel, integer, reference, text } from '#api';
import { jobLog } from './job-log.ts';

/** What was built, destroyed and done; kept when job and target are gone. */
export const jobLogModel = defineModel({
  path: 'Foreman/JobLog',
  doc: 'What was built, destroyed and done.',
  idField: 'id',
  fields: {
    site: reference('Site/Site', { required: true }),
    job_id: integer({ required: true }),
    target_id: text(100, { required: true }),
    target_class: text(50, { required: true }),
    target_description: text(120, { required: true }),
    script_name: text(50, { required: true }),
    creator: text(150, { required: true }),
    started_at: dateTime(),
    finished_at: dateTime(),
    canceled_by: text(150),
    canceled_at: dateTime(),
    note: text(1024, { mode: 'RO', protocols: ['rest'] }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
    id: integer({ mode: 'RO' }),
  },
  rows: jobLog,
  sites: { index: 'site' },
  present: (row, id) => ({
    id,
    site: row.site,
    job_id: row.job,
    target_id: row.targetId,
    target_class: row.targetClass,
    target_description: row.description,
    script_name: row.script,
    creator: row.creator,
    started_at: row.startedAt,
    finished_at: row.finishedAt,
    canceled_by: row.canceledBy,
    canceled_at: row.canceledAt,
    note: row.note,
    updated: row.updated,
    created: row.created,
  }),
  filters: {
    site: byReference('site', 'Site/Site'),
    job: { parameters: { job_id: { type: { kind: 'Integer' } } }, where: ({ job_id: job }) => ({ job: Number(job) }) },
  },
});
