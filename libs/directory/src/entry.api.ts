import type { UnitOfWork } from '#kernel';
import type { Model, Values } from '#api';
import { asText, byReference, dateTime, integer, reference, text } from '#api';
import type { Ids } from '#read-store';
import type { EntryRow } from './entries.ts';
import { entries } from './entries.ts';
import type { Entry, EntryType } from './entry.ts';
import { entry, ENTRY_TYPES } from './entry.ts';
import { zoneFor } from './find-zone.ts';

const HOSTNAME = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/;
const SERVICE = /^[a-z0-9_.]+$/;

type NumberName = 'priority' | 'weight' | 'port';

/** The numbers a kind of record needs. */
const NEEDS: Readonly<Partial<Record<EntryType, readonly NumberName[]>>> = {
  MX: ['priority'],
  SRV: ['priority', 'weight', 'port'],
};
const RANGES: Readonly<Record<NumberName, readonly [least: number, most: number]>> = {
  priority: [0, 65_535],
  weight: [0, 65_535],
  port: [1, 65_535],
};

const numberFrom = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** An entry with values changed, and all faults of it. */
async function entryFrom(work: UnitOfWork, values: Values): Promise<Entry> {
  const type = asText(values['type']) as EntryType;
  const name = asText(values['name']);
  await zoneFor(work, 'zone', values['zone']);
  if (name && !(type === 'SRV' ? SERVICE : HOSTNAME).test(name)) work.fault('name', 'PATTERN', 'Invalid');
  for (const [number, [least, most]] of Object.entries(RANGES) as [NumberName, readonly [number, number]][]) {
    const value = numberFrom(values[number]);
    if (value === null && NEEDS[type]?.includes(number)) {
      work.fault(number, 'NULL', 'This field cannot be null.');
    } else if (value !== null && (value < least || value > most)) {
      work.fault(number, 'RANGE', 'Invalid');
    }
  }
  return {
    zone: numberFrom(values['zone']),
    name,
    service: {
      type,
      priority: numberFrom(values['priority']),
      weight: numberFrom(values['weight']),
      port: numberFrom(values['port']),
    },
    target: asText(values['target']),
  };
}

/** Records of zones beside those of the hosts. */
export const entryModel = (ids: Ids): Model<EntryRow> => ({
  path: 'Directory/Entry',
  doc: 'A record of a DNS zone, or of all of them.',
  idField: 'id',
  fields: {
    zone: reference('Directory/Zone'),
    type: text(20, { required: true, choices: ENTRY_TYPES }),
    name: text(255, { required: true }),
    priority: integer(),
    weight: integer(),
    port: integer(),
    target: text(255, { required: true }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
    id: integer({ mode: 'RO' }),
  },
  rows: entries,
  present: ({ service, ...row }, id) => ({ ...row, ...service, id }),
  create: async (work, values) => {
    const id = await ids.next('entry');
    await work.decide(entry, id, { type: 'DefineEntry', data: await entryFrom(work, values) });
    return id;
  },
  update: async (work, id, values) => {
    const before = await work.load(entry, id);
    if (!before) {
      work.fault('', 'NOT_FOUND', 'Entry is not there');
      return;
    }
    const { service, ...rest } = before;
    const data = await entryFrom(work, { ...rest, ...service, ...values });
    await work.decide(entry, id, { type: 'ChangeEntry', data });
  },
  deletion: {
    close: async () => undefined,
    reopen: async () => undefined,
    users: async () => [],
    remove: async (work, id) => void (await work.decide(entry, id, { type: 'DeleteEntry', data: {} })),
  },
  filters: { zone: byReference('zone', 'Directory/Zone') },
});
