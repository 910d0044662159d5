import type { ChangedValues, NamePattern, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  checkPattern,
  CreateCommand,
  createHandler,
  DeleteCommand,
  DeletionHandler,
} from '#api';
import type { UnitOfWork } from '#kernel';
import type { Key, View } from '#read-store';
import { CommandHandler } from '@nestjs/cqrs';
import { entries } from './entries.ts';
import { entry } from './entry.ts';
import { zoneAndWithin, zoneFor } from './find-zone.ts';
import type { zoneFields } from './zone.api.ts';
import { OUTERMOST, zoneNames } from './zone-names.ts';
import type { Timers, Zone } from './zone.ts';
import { zone } from './zone.ts';

const NAME: NamePattern = {
  pattern: /^[a-z][a-z0-9]+$/,
  rule: 'at least two letters and digits, with a letter first',
};
/** What zones begin with, in seconds. */
export const TIMERS: Timers = { ttl: 3600, refresh: 86_400, retry: 7200, expire: 36_000, minimum: 172_800 };
/** The longest a name server can be told to wait. */
const MAX_TIMER = 2 ** 31 - 1;

type Changes = ChangedValues<typeof zoneFields>;

export class CreateZone extends CreateCommand<NewValues<typeof zoneFields>, number> {}
export class ChangeZone extends ChangeCommand<Changes> {}
/** Deletes zones, with the zones within them and the entries of them all. */
export class DeleteZone extends DeleteCommand {}

/** Reads the name of a zone, which has no upper case. */
function nameFrom(work: UnitOfWork, given: string): string {
  const name = given.toLowerCase();
  checkPattern(work, 'name', name, 'Invalid', NAME);
  return name;
}

function timersFrom(work: UnitOfWork, before: Timers, values: Changes): Timers {
  const timers: Record<keyof Timers, number> = { ...before };
  for (const name of Object.keys(TIMERS) as (keyof Timers)[]) {
    const seconds = values[name];
    if (seconds === undefined) continue;
    if (seconds === null) work.fault(name, 'NULL', 'This field cannot be null.');
    else if (seconds < 0 || seconds > MAX_TIMER) work.fault(name, 'RANGE', `must be between 0 and ${MAX_TIMER}`);
    else timers[name] = seconds;
  }
  return timers;
}

/** The stream of the names within a zone, or of those that are in none. */
const spaceOf = (parent: number | null): number | string => parent ?? OUTERMOST;

/** Refuses a parent that is not there, or would put the zone inside itself. */
export async function checkZoneParent(work: UnitOfWork, id: number | undefined, parent: number | null): Promise<void> {
  for (let at: number | null | undefined = parent; at !== null && at !== undefined;) {
    const around = await zoneFor(work, 'parent', at);
    if (at === id) {
      work.fault('parent', 'CYCLE', 'the zone would be inside itself');
      return;
    }
    at = around?.parent;
  }
}

const takeName = (work: UnitOfWork, id: number, { name, parent }: Pick<Zone, 'name' | 'parent'>) =>
  work.decide(zoneNames, spaceOf(parent), { type: 'TakeZoneName', data: { name, zone: id } });

const freeName = (work: UnitOfWork, id: number, { name, parent }: Pick<Zone, 'name' | 'parent'>) =>
  work.decide(zoneNames, spaceOf(parent), { type: 'FreeZoneName', data: { name, zone: id } });

const createZone = createHandler(CreateZone, async (work, values, _, ids) => {
  const id = await ids.next('zone');
  const defined = {
    name: nameFrom(work, values.name),
    parent: values.parent,
    timers: timersFrom(work, TIMERS, values),
  };
  await checkZoneParent(work, undefined, defined.parent);
  await takeName(work, id, defined);
  await work.decide(zone, id, { type: 'DefineZone', data: defined });
  return id;
});

const changeZone = changeHandler(ChangeZone, async (work, key, values) => {
  const id = Number(key);
  const before = await work.load(zone, id);
  if (before.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Zone does not exist');
    return;
  }
  const { value } = before;
  const change: Zone = {
    name: values.name === undefined ? value.name : nameFrom(work, values.name),
    parent: values.parent === undefined ? value.parent : values.parent,
    timers: timersFrom(work, value.timers, values),
  };
  if (change.parent !== value.parent) await checkZoneParent(work, id, change.parent);
  if (change.name !== value.name || change.parent !== value.parent) {
    await freeName(work, id, value);
    await takeName(work, id, change);
  }
  await work.decide(zone, id, { type: 'ChangeZone', data: change });
});

@CommandHandler(DeleteZone)
class DeleteZoneHandler extends DeletionHandler {
  protected readonly model = 'Directory/Zone';

  protected close(work: UnitOfWork, id: Key) {
    return each(work, id, (one) => work.decide(zone, one, { type: 'CloseZone', data: {} }));
  }

  protected reopen(work: UnitOfWork, id: Key) {
    return each(work, id, (one) => work.decide(zone, one, { type: 'ReopenZone', data: {} }));
  }

  protected async remove(work: UnitOfWork, id: Key, view: View) {
    const outermost = await work.load(zone, id);
    if ('value' in outermost) await freeName(work, Number(id), outermost.value);
    await each(work, id, async (one) => {
      const { keys } = await view.keys(entries, { where: { zone: one } });
      for (const key of keys) await work.decide(entry, key, { type: 'DeleteEntry', data: {} });
      await work.decide(zone, one, { type: 'DeleteZone', data: {} });
    });
  }
}

async function each(work: UnitOfWork, id: Key, task: (id: number) => Promise<unknown>): Promise<void> {
  for (const one of await zoneAndWithin(work, Number(id))) await task(one);
}

export const zoneHandlers = [createZone, changeZone, DeleteZoneHandler];
