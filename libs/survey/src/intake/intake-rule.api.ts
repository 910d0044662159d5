import type { Extension } from '#api';
import { action, boolean, byReference, dateTime, defineModel, integer, map } from '#api';
import { numberReference, reference, text } from '#api';
import { ChangeIntakeRule, CreateIntakeRule, DeleteIntakeRule, PreviewIntakeRule } from './intake-rule.commands.ts';
import { intakeRules } from './intake-rules.ts';

export const intakeRuleFields = {
  name: text(40, { mode: 'RC', required: true }),
  enabled: boolean({ default: false, doc: 'whether it takes in machines; off unless said' }),
  order: integer({ default: 100, doc: 'rules of lower order are asked first, those of the same by name' }),
  fingerprint: map({
    default: {},
    doc: 'what machines have to report besides what the blueprint asks for, written as validation templates are',
  }),
  blueprint: reference('BluePrint/FoundationBluePrint', { required: true }),
  foundation_type: text(40, { required: true, doc: 'type of the foundation, such as Manual' }),
  site: reference('Site/Site', { required: true }),
  locator: text(100, { required: true, doc: 'what the foundation is called: text with {serial}, {mac}, {n}' }),
  plot: reference('Survey/Plot'),
  network: numberReference('Utilities/Network', { doc: 'the network of its interfaces; without one it gets none' }),
  values: map({ default: {}, doc: 'fields of its platform, texts with placeholders such as {bmc.ip_address}' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Which unknown machines are taken in by themselves. */
export const intakeRuleModel = defineModel({
  path: 'Survey/IntakeRule',
  doc: 'Which unknown machines are taken in by themselves, and as what.',
  protocols: ['rest'],
  idField: 'name',
  fields: intakeRuleFields,
  rows: intakeRules,
  sites: 'none',
  present: ({ type, ...row }, name) => ({ ...row, foundation_type: type, name }),
  create: (values) => new CreateIntakeRule(values),
  update: (name, values) => new ChangeIntakeRule(name, values),
  deletion: { command: (names) => new DeleteIntakeRule(names) },
  filters: { site: byReference('site', 'Site/Site') },
  actions: {
    preview: action({
      doc: 'Which of the machines that wait it would take in, and as what; in force or not. Changes nothing.',
      parameters: {},
      returns: { type: { kind: 'Map' }, list: true },
      permission: { grant: 'Survey.view_intakerule' },
      command: (name) => new PreviewIntakeRule(name),
    }),
  },
});

/** The rules that refer to something by an index. */
const usedBy =
  (index: string, ofNumber = false): NonNullable<Extension['users']> =>
  async (view, key) => {
    const { keys } = await view.keys(intakeRules, { where: { [index]: ofNumber ? Number(key) : String(key) } });
    return keys.map((name) => `IntakeRule ${name}`);
  };

/** What rules refer to is used by them. */
export const intakeRuleExtensions: readonly Extension[] = [
  { model: 'Site/Site', users: usedBy('site') },
  { model: 'Survey/Plot', users: usedBy('plot') },
  { model: 'BluePrint/FoundationBluePrint', users: usedBy('blueprint') },
  { model: 'Utilities/Network', users: usedBy('network', true) },
];
