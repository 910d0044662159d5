import { byReference, dateTime, defineModel, integer, numberReference, text } from '#api';
import { entries } from './entries.ts';
import { ChangeEntry, CreateEntry, DeleteEntry } from './entry.commands.ts';
import { ENTRY_TYPES } from './entry.ts';

export const entryFields = {
  zone: numberReference('Directory/Zone'),
  type: text(20, { required: true, choices: ENTRY_TYPES }),
  name: text(255, { required: true }),
  priority: integer(),
  weight: integer(),
  port: integer(),
  target: text(255, { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
};

/** Records of zones beside those of the hosts. */
export const entryModel = defineModel({
  path: 'Directory/Entry',
  doc: 'A record of a DNS zone, or of all of them.',
  idField: 'id',
  fields: entryFields,
  rows: entries,
  sites: 'none',
  present: ({ service, ...row }, id) => ({ ...row, ...service, id }),
  create: (values) => new CreateEntry(values),
  update: (id, values) => new ChangeEntry(id, values),
  deletion: { command: (ids) => new DeleteEntry(ids) },
  filters: { zone: byReference('zone', 'Directory/Zone') },
});
