import { dateTime, defineModel, text } from '#api';
import { ChangeScript, CreateScript, DeleteScript } from './script.commands.ts';
import { scripts } from './scripts.ts';

export const scriptFields = {
  name: text(40, { mode: 'RC', required: true }),
  description: text(200, { required: true }),
  script: text(undefined, { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Scripts. A job keeps the program it began with, so a script may be changed at any time. */
export const scriptModel = defineModel({
  path: 'BluePrint/Script',
  doc: 'A script in TScript that blueprints can use.',
  idField: 'name',
  fields: scriptFields,
  rows: scripts,
  sites: 'none',
  present: ({ text: source, ...row }, name) => ({ ...row, name, script: source }),
  create: (values) => new CreateScript(values),
  update: (name, values) => new ChangeScript(name, values),
  deletion: { command: (names) => new DeleteScript(names) },
});
