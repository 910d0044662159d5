import type { UnitOfWork } from '#kernel';
import type { Model, Values } from '#api';
import { asText, dateTime, NAME, text } from '#api';
import { parse } from '#tscript';
import { unlink } from './script-link.api.ts';
import { scriptLinks } from './script-links.ts';
import type { Script } from './script.ts';
import { script } from './script.ts';
import type { ScriptRow } from './scripts.ts';
import { scripts } from './scripts.ts';

function check(work: UnitOfWork, source: unknown): void {
  if (typeof source !== 'string' || source === '') return;
  for (const { line, column, message } of parse(source).faults) {
    work.fault('script', 'SCRIPT', `Script is invalid: line ${line} column ${column}: ${message}`);
  }
}

const changes = ({ description, script }: Values): Partial<Script> =>
  Object.fromEntries(Object.entries({ description, text: script }).filter(([, value]) => value !== undefined));

/** Scripts. A job keeps the program it began with, so a script may be changed at any time. */
export const scriptModel: Model<ScriptRow> = {
  path: 'BluePrint/Script',
  doc: 'A script in TScript that blueprints can use.',
  idField: 'name',
  fields: {
    name: text(40, { mode: 'RC', required: true }),
    description: text(200, { required: true }),
    script: text(undefined, { required: true }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: scripts,
  present: ({ text: source, ...row }, name) => ({ ...row, name, script: source }),
  create: async (work, values) => {
    const name = asText(values['name']);
    if (name && !NAME.test(name)) work.fault('name', 'PATTERN', 'invalid');
    check(work, values['script']);
    await work.decide(script, name, { type: 'WriteScript', data: { name, ...(changes(values) as Script) } });
    return name;
  },
  update: async (work, name, values) => {
    check(work, values['script']);
    await work.decide(script, name, { type: 'ChangeScript', data: changes(values) });
  },
  deletion: {
    close: async (work, name) => void (await work.decide(script, name, { type: 'CloseScript', data: {} })),
    reopen: async (work, name) => void (await work.decide(script, name, { type: 'ReopenScript', data: {} })),
    users: async () => [],
    remove: async (work, name, view) => {
      const links = await view.list(scriptLinks, { where: { script: String(name) } });
      for (const { key } of links.rows) await unlink(work, Number(key));
      await work.decide(script, name, { type: 'DeleteScript', data: {} });
    },
  },
};
