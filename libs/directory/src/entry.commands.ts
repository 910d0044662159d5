import type { ChangedValues, NamePattern, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  checkPattern,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
} from '#api';
import type { UnitOfWork } from '#kernel';
import type { entryFields } from './entry.api.ts';
import type { Entry, EntryType } from './entry.ts';
import { entry } from './entry.ts';
import { zoneFor } from './find-zone.ts';

const HOSTNAME: NamePattern = {
  pattern: /^[a-z0-9][a-z0-9-]*[a-z0-9]$/,
  rule: 'at least two lower-case letters, digits and "-", with a letter or a digit first and last',
};
const SERVICE: NamePattern = { pattern: /^[a-z0-9_.]+$/, rule: 'lower-case letters, digits, "_" and "."' };

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

type Values = NewValues<typeof entryFields>;

export class CreateEntry extends CreateCommand<Values, number> {}
export class ChangeEntry extends ChangeCommand<ChangedValues<typeof entryFields>> {}
export class DeleteEntry extends DeleteCommand {}

/** An entry of these values; what is wrong with them is noted. */
async function entryFrom(work: UnitOfWork, values: Values): Promise<Entry> {
  const { zone, type, name, priority, weight, port, target } = values;
  await zoneFor(work, 'zone', zone);
  checkPattern(work, 'name', name, 'Invalid', type === 'SRV' ? SERVICE : HOSTNAME);
  for (const [number, [least, most]] of Object.entries(RANGES) as [NumberName, readonly [number, number]][]) {
    const value = values[number];
    if (value === null && NEEDS[type]?.includes(number)) {
      work.fault(number, 'NULL', 'This field cannot be null.');
    } else if (value !== null && (value < least || value > most)) {
      work.fault(number, 'RANGE', 'Invalid', { rule: `${value} must be from ${least} to ${most}` });
    }
  }
  return { zone, name, service: { type, priority, weight, port }, target };
}

const createEntry = createHandler(CreateEntry, async (work, values, _, ids) => {
  const id = await ids.next('entry');
  await work.decide(entry, id, { type: 'DefineEntry', data: await entryFrom(work, values) });
  return id;
});

const changeEntry = changeHandler(ChangeEntry, async (work, id, values) => {
  const before = await work.load(entry, id);
  if (!before) {
    work.fault('', 'NOT_FOUND', 'Entry does not exist');
    return;
  }
  const { service, ...rest } = before;
  const data = await entryFrom(work, { ...rest, ...service, ...values });
  await work.decide(entry, id, { type: 'ChangeEntry', data });
});

const deleteEntry = deleteUnreferencedHandler(DeleteEntry, 'Directory/Entry', (work, id) =>
  work.decide(entry, id, { type: 'DeleteEntry', data: {} }),
);

export const entryHandlers = [createEntry, changeEntry, deleteEntry];
