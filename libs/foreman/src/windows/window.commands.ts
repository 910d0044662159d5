import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler, given } from '#api';
import type { UnitOfWork } from '#kernel';
import { siteFor } from '#site';
import { isTimeZone } from './time-zone.ts';
import type { windowFields } from './window.api.ts';
import { MAX_MINUTES } from './window-times.ts';
import type { Day, Window } from './window.ts';
import { DAYS, maintenanceWindow } from './window.ts';

export class CreateWindow extends CreateCommand<NewValues<typeof windowFields>, number> {}
export class ChangeWindow extends ChangeCommand<ChangedValues<typeof windowFields>> {}
export class DeleteWindow extends DeleteCommand {}

type Changes = ChangedValues<typeof windowFields>;

/** What is given of a window, as it is kept. */
const changesFrom = ({ description, days, start, time_zone: timeZone, minutes, starts_at: startsAt }: Changes) =>
  given({
    description,
    days: days === undefined ? undefined : DAYS.filter((day) => days.includes(day)),
    start,
    timeZone,
    minutes,
    startsAt,
  }) as Partial<Omit<Window, 'site'>>;

/** Notes what is wrong with a window as it would be. */
function check(work: UnitOfWork, { days, start, timeZone, minutes, startsAt }: Omit<Window, 'site'>): void {
  if (minutes < 1 || minutes > MAX_MINUTES) work.fault('minutes', 'RANGE', `must be between 1 and ${MAX_MINUTES}`);
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(start)) work.fault('start', 'PATTERN', 'must be a time such as 22:00');
  if (!isTimeZone(timeZone)) {
    work.fault('time_zone', 'INVALID_VALUE', `there is no time zone ${JSON.stringify(timeZone)}`);
  }
  if (days.length === 0 && startsAt === null) {
    work.fault('days', 'REQUIRED', 'a window opens on days of the week, or once at starts_at');
  }
  if (days.length > 0 && startsAt !== null) {
    work.fault('starts_at', 'INVALID_VALUE', 'a window that opens on days of the week does not open once');
  }
}

/** Notes what are no days of the week. */
function checkDays(work: UnitOfWork, days: readonly string[] = []): void {
  const wrong = days.filter((day) => !DAYS.includes(day as Day));
  if (wrong.length > 0) work.fault('days', 'INVALID_CHOICE', `must be of ${DAYS.join(', ')}, not ${wrong.join(', ')}`);
}

export const windowHandlers = [
  createHandler(CreateWindow, async (work, { site, ...values }, _, ids) => {
    await siteFor(work, 'site', site);
    checkDays(work, values.days);
    const data = { site, ...changesFrom(values) } as Window;
    check(work, data);
    work.throwIfFaulted();
    const id = await ids.next('maintenanceWindow');
    await work.decide(maintenanceWindow, id, { type: 'DefineMaintenanceWindow', data });
    return id;
  }),
  changeHandler(ChangeWindow, async (work, key, values) => {
    const found = await work.load(maintenanceWindow, key);
    checkDays(work, values.days);
    const data = changesFrom(values);
    if ('value' in found) check(work, { ...found.value, ...data });
    await work.decide(maintenanceWindow, key, { type: 'ChangeMaintenanceWindow', data });
  }),
  deleteHandler(DeleteWindow, 'Foreman/MaintenanceWindow', maintenanceWindow),
];
