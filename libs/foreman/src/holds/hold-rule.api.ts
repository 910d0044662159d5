import type { Extension } from '#api';
import { byReference, dateTime, defineModel, integer, map, reference, text } from '#api';
import { holdRuleRows } from './hold-rows.ts';
import { ChangeHoldRule, CreateHoldRule, DeleteHoldRule, MAX_HOLD_S } from './hold-rule.commands.ts';
import { ALL_RULES, holdRules } from './hold-rules.ts';

export const holdRuleFields = {
  description: text(200, { required: true, doc: 'What has to be done before, for those who see a job wait.' }),
  site: reference('Site/Site', { mode: 'RC', doc: 'Jobs of this site and of those within it; none: of all.' }),
  blueprint: text(40, { doc: 'Jobs on what is made from this blueprint, or from one that comes from it.' }),
  target_kind: text(50, { doc: 'Jobs on targets of this kind: Foundation, Structure, Dependency.' }),
  target: text(100, { doc: 'Jobs on the target of this id.' }),
  labels: map({ default: {}, doc: 'Jobs on targets that have all these labels: text by key.' }),
  scripts: text(50, { list: true, required: true, doc: 'destroy, and names of utility scripts.' }),
  holder: text(150, {
    doc: 'The user or service that alone may release its holds; none: anybody with the permission.',
  }),
  seconds: integer({ required: true, doc: `How long a hold lasts, from 1 to ${MAX_HOLD_S} (a week).` }),
  when_over: text(7, {
    required: true,
    default: 'fail',
    choices: ['proceed', 'fail'],
    doc: 'What becomes of a job when the time of a hold is up: it goes on (proceed), or is in error (fail).',
  }),
  id: integer({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Standing requests to be heard before jobs begin. */
export const holdRuleModel = defineModel({
  path: 'Foreman/HoldRule',
  doc: 'A standing request to be heard before jobs that destroy or maintain something begin: each is held until that is released.',
  protocols: ['rest'],
  idField: 'id',
  fields: holdRuleFields,
  rows: holdRuleRows,
  sites: { index: 'site' },
  present: ({ kind, whenOver, ...row }, id) => ({ ...row, id, target_kind: kind, when_over: whenOver }),
  create: (values) => new CreateHoldRule(values),
  update: (id, values) => new ChangeHoldRule(id, values),
  deletion: { command: (ids) => new DeleteHoldRule(ids) },
  filters: { site: byReference('site', 'Site/Site') },
});

/** The hold rules of a site go with it. */
export const holdRuleExtensions: readonly Extension[] = [
  {
    model: 'Site/Site',
    release: async (work, _, key) => {
      for (const [rule, { site }] of await work.load(holdRules, ALL_RULES)) {
        if (site !== String(key)) continue;
        await work.decide(holdRules, ALL_RULES, { type: 'RemoveHoldRule', data: { rule } });
      }
    },
  },
];
