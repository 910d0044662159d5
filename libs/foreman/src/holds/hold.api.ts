import { action, byReference, dateTime, defineModel, integer, numberReference, reference, text } from '#api';
import type { People } from '#people';
import { holds } from './hold-rows.ts';
import { OverrideHold, ReleaseHold } from './hold.commands.ts';

/** How much is taken of why a hold is released or overridden, in characters. */
export const MAX_REASON = 200;
const readOnly = { mode: 'RO' } as const;

/** Holds that are open, by id. */
export const holdModel = (people: Pick<People, 'allInside'>) =>
  defineModel({
    path: 'Foreman/Hold',
    doc: 'What holds a job back before it begins: released by whoever asked for it, overridden by others, or over with its time.',
    protocols: ['rest'],
    idField: 'id',
    fields: {
      id: text(undefined, readOnly),
      job: integer({ ...readOnly, doc: 'Id of the job that waits.' }),
      rule: numberReference('Foreman/HoldRule', readOnly),
      description: text(200, readOnly),
      holder: text(150, { ...readOnly, doc: 'Who alone may release it; none: anybody with the permission.' }),
      state: text(10, { ...readOnly, doc: 'open; overdue: its time is up, and its job is in error for it.' }),
      until: dateTime({ ...readOnly, doc: 'When its time is up.' }),
      when_over: text(7, { ...readOnly, doc: 'What becomes of the job then: proceed or fail.' }),
      site: reference('Site/Site', readOnly),
      target_kind: text(50, readOnly),
      target: text(100, readOnly),
      blueprint: text(40, readOnly),
      script: text(50, readOnly),
      carried_kind: text(50, { ...readOnly, doc: 'What stands on the target, where it is held for that: Structure.' }),
      carried: text(100, { ...readOnly, doc: 'Id of that.' }),
      updated: dateTime(readOnly),
      created: dateTime(readOnly),
    },
    rows: holds,
    sites: { index: 'site' },
    present: ({ target, carried, whenOver, seconds: _, ...row }, id) => ({
      ...row,
      id,
      target_kind: target.kind,
      target: target.id,
      carried_kind: carried?.kind ?? null,
      carried: carried?.id ?? null,
      when_over: whenOver,
    }),
    filters: {
      site: byReference('site', 'Site/Site'),
      rule: byReference('rule', 'Foreman/HoldRule'),
      job: { parameters: { job: { type: { kind: 'Integer' } } }, where: ({ job }) => ({ job: Number(job) }) },
      holder: {
        parameters: { holder: { type: { kind: 'String' } } },
        where: async ({ holder }) => ({ holder: { any: await people.allInside(String(holder)) } }),
      },
    },
    actions: {
      release: action({
        doc: 'Has the job go on, as far as this hold is concerned: what had to be done before is done.',
        parameters: { reason: text(MAX_REASON, { default: '' }) },
        permission: { grant: 'Foreman.can_release_hold' },
        command: (id, { reason }) => new ReleaseHold(id, reason ?? ''),
      }),
      override: action({
        doc: 'Has the job go on though this hold is not released; who did so, and why, is kept in the log.',
        parameters: { reason: text(MAX_REASON, { required: true }) },
        permission: { grant: 'Foreman.can_override_hold' },
        command: (id, { reason }) => new OverrideHold(id, reason),
      }),
    },
  });
