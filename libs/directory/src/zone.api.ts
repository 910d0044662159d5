import { dateTime, defineModel, integer, numberReference, text } from '#api';
import { ChangeZone, CreateZone, DeleteZone, TIMERS } from './zone.commands.ts';
import { domainOf, zones } from './zones.ts';

export const zoneFields = {
  name: text(100, { required: true }),
  parent: numberReference('Directory/Zone'),
  ttl: integer({ default: TIMERS.ttl }),
  refresh: integer({ default: TIMERS.refresh }),
  retry: integer({ default: TIMERS.retry }),
  expire: integer({ default: TIMERS.expire }),
  minimum: integer({ default: TIMERS.minimum }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
  fqdn: text(undefined, { mode: 'RO' }),
};

/** DNS zones. */
export const zoneModel = defineModel({
  path: 'Directory/Zone',
  doc: 'A DNS zone. Sites are in zones; zones are in zones.',
  idField: 'id',
  fields: zoneFields,
  rows: zones,
  sites: 'none',
  present: ({ timers, ...row }, id) => ({ ...row, ...timers, id }),
  complete: async (_, id, { view }) => ({ fqdn: await domainOf(view, Number(id)) }),
  create: (values) => new CreateZone(values),
  update: (id, values) => new ChangeZone(id, values),
  deletion: { command: (ids) => new DeleteZone(ids) },
});
