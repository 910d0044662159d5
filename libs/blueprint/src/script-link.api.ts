import { byReference, dateTime, defineModel, integer, reference, text } from '#api';
import { LinkScript, RelinkScript, UnlinkScript } from './script-link.commands.ts';
import { scriptLinks } from './script-links.ts';

export const scriptLinkFields = {
  blueprint: reference('BluePrint/BluePrint', { required: true }),
  script: reference('BluePrint/Script', { required: true }),
  name: text(50, { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
};

/** Which script stands in which slot of which blueprint. */
export const scriptLinkModel = defineModel({
  path: 'BluePrint/BluePrintScript',
  doc: 'Puts a script into a slot of a blueprint.',
  idField: 'id',
  fields: scriptLinkFields,
  rows: scriptLinks,
  sites: 'none',
  present: ({ slot, ...row }, id) => ({ ...row, name: slot, id }),
  create: (values) => new LinkScript(values),
  update: (id, values) => new RelinkScript(id, values),
  deletion: { command: (ids) => new UnlinkScript(ids) },
  filters: { blueprint: byReference('blueprint', 'BluePrint/BluePrint') },
});
