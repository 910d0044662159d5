import { action, dateTime, defineModel, integer, parameter, reference, text } from '#api';
import { CancelDeprovision } from './deprovision.commands.ts';
import { deprovisions, isOpen } from './deprovisions.ts';

/** Machines that are taken down by one command, and how far that is. */
export const deprovisionModel = defineModel({
  path: 'Building/Deprovision',
  doc: 'Machines that one command has taken down: their jobs destroy them, and then they are deleted.',
  protocols: ['rest'],
  idField: 'id',
  fields: {
    id: integer({ mode: 'RO' }),
    site: reference('Site/Site', { mode: 'RO' }),
    state: text(10, { mode: 'RO', doc: 'running, done or cancelled.' }),
    total: integer({ mode: 'RO', doc: 'How many machines were to go.' }),
    removed: integer({ mode: 'RO', doc: 'How many are gone.' }),
    open: text(undefined, { mode: 'RO', list: true, doc: 'Names of those that are still to go.' }),
    kept: text(undefined, { mode: 'RO', list: true, doc: 'Names of those that stay after all, each with why.' }),
    creator: text(150, { mode: 'RO' }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: deprovisions,
  sites: { index: 'site' },
  present: (row, id) => ({
    id,
    site: row.site,
    state: isOpen(row) ? 'running' : row.cancelled === null ? 'done' : 'cancelled',
    total: row.total,
    removed: row.removed,
    open: row.open.map(({ hostname }) => hostname),
    kept: row.kept,
    creator: row.creator,
    updated: row.updated,
    created: row.created,
  }),
  filters: {
    site: {
      doc: 'Those at a site.',
      parameters: { site: parameter.reference('Site/Site') },
      where: ({ site }) => ({ site: String(site) }),
    },
  },
  actions: {
    cancel: action({
      doc: 'Has the machines that are still there stay; jobs that destroy them go on.',
      parameters: {},
      permission: { grant: 'Building.can_deprovision' },
      command: (id) => new CancelDeprovision(id),
    }),
  },
});
