import type { UnitOfWork } from '#kernel';
import type { Deletion, Model, Values } from '#api';
import { asText, dateTime, integer, reference, text } from '#api';
import type { Ids, Key } from '#read-store';
import { entries } from './entries.ts';
import { entry } from './entry.ts';
import { zoneAndWithin, zoneFor } from './find-zone.ts';
import { OUTERMOST, zoneNames } from './zone-names.ts';
import type { Timers, Zone } from './zone.ts';
import { zone } from './zone.ts';
import type { ZoneRow } from './zones.ts';
import { domainOf, zones } from './zones.ts';

const NAME = /^[a-z][a-z0-9]+$/;
/** What zones begin with, in seconds. */
const TIMERS: Timers = { ttl: 3600, refresh: 86_400, retry: 7200, expire: 36_000, minimum: 172_800 };
/** The longest a name server can be told to wait. */
const MAX_TIMER = 2 ** 31 - 1;

/** Reads the name of a zone, which has no upper case. */
function nameFrom(work: UnitOfWork, given: unknown): string {
  const name = asText(given).toLowerCase();
  if (name && !NAME.test(name)) work.fault('name', 'PATTERN', 'Invalid');
  return name;
}

function timersFrom(work: UnitOfWork, before: Timers, values: Values): Timers {
  const given = Object.keys(TIMERS).filter((name) => name in values);
  for (const name of given) {
    const seconds = values[name];
    if (seconds === null) work.fault(name, 'NULL', 'This field cannot be null.');
    else if (Number(seconds) < 0 || Number(seconds) > MAX_TIMER) {
      work.fault(name, 'RANGE', `must be between 0 and ${MAX_TIMER}`);
    }
  }
  return { ...before, ...Object.fromEntries(given.map((name) => [name, values[name]])) };
}

const spaceOf = (parent: number | null): number | string => parent ?? OUTERMOST;
const parentFrom = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Refuses a parent that is not there, or would put the zone inside itself. */
async function checkParent(work: UnitOfWork, id: number | undefined, parent: number | null): Promise<void> {
  for (
    let at: number | null | undefined = parent;
    typeof at === 'number';
    at = (await zoneFor(work, 'parent', at))?.parent
  ) {
    if (at !== id) continue;
    work.fault('parent', 'CYCLE', 'the zone would be inside itself');
    return;
  }
}

const each = async (work: UnitOfWork, id: Key, task: (id: number) => Promise<unknown>): Promise<void> => {
  for (const one of await zoneAndWithin(work, Number(id))) await task(one);
};

/** A zone goes with the zones within it and the entries of them all. */
const deletion: Deletion = {
  close: (work, id) => each(work, id, (one) => work.decide(zone, one, { type: 'CloseZone', data: {} })),
  reopen: (work, id) => each(work, id, (one) => work.decide(zone, one, { type: 'ReopenZone', data: {} })),
  users: async () => [],
  remove: async (work, id, view) => {
    const outermost = await work.load(zone, id);
    if ('value' in outermost) {
      const { name, parent } = outermost.value;
      await work.decide(zoneNames, spaceOf(parent), { type: 'FreeZoneName', data: { name, zone: Number(id) } });
    }
    await each(work, id, async (one) => {
      const { keys } = await view.keys(entries, { where: { zone: one } });
      for (const key of keys) await work.decide(entry, key, { type: 'DeleteEntry', data: {} });
      await work.decide(zone, one, { type: 'DeleteZone', data: {} });
    });
  },
};

const timer = (seconds: number) => integer({ default: seconds });

/** DNS zones. */
export const zoneModel = (ids: Ids): Model<ZoneRow> => ({
  path: 'Directory/Zone',
  doc: 'A DNS zone. Sites are in zones; zones are in zones.',
  idField: 'id',
  fields: {
    name: text(100, { required: true }),
    parent: reference('Directory/Zone'),
    ttl: timer(TIMERS.ttl),
    refresh: timer(TIMERS.refresh),
    retry: timer(TIMERS.retry),
    expire: timer(TIMERS.expire),
    minimum: timer(TIMERS.minimum),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
    id: integer({ mode: 'RO' }),
    fqdn: text(undefined, { mode: 'RO' }),
  },
  rows: zones,
  present: ({ timers, ...row }, id) => ({ ...row, ...timers, id }),
  complete: async (_, id, { view }) => ({ fqdn: await domainOf(view, Number(id)) }),
  create: async (work, values) => {
    const id = await ids.next('zone');
    const name = nameFrom(work, values['name']);
    const parent = parentFrom(values['parent']);
    await checkParent(work, undefined, parent);
    const data = { name, parent, timers: timersFrom(work, TIMERS, values) };
    await work.decide(zoneNames, spaceOf(parent), { type: 'TakeZoneName', data: { name, zone: id } });
    await work.decide(zone, id, { type: 'DefineZone', data });
    return id;
  },
  update: async (work, id, values) => {
    const before = await work.load(zone, id);
    if (before.stage !== 'active') {
      work.fault('', 'NOT_FOUND', 'Zone is not there');
      return;
    }
    const { value } = before;
    const change: Zone = {
      name: 'name' in values ? nameFrom(work, values['name']) : value.name,
      parent: 'parent' in values ? parentFrom(values['parent']) : value.parent,
      timers: timersFrom(work, value.timers, values),
    };
    if (change.parent !== value.parent) await checkParent(work, Number(id), change.parent);
    if (change.name !== value.name || change.parent !== value.parent) {
      const old = { name: value.name, zone: Number(id) };
      await work.decide(zoneNames, spaceOf(value.parent), { type: 'FreeZoneName', data: old });
      const data = { name: change.name, zone: Number(id) };
      await work.decide(zoneNames, spaceOf(change.parent), { type: 'TakeZoneName', data });
    }
    await work.decide(zone, id, { type: 'ChangeZone', data: change });
  },
  deletion,
});
