import { entity } from '#kernel';

/** Days of the week, as windows name them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** A time in which jobs of a site may begin: every week, or once. */
export interface Window {
  readonly site: string;
  description: string;
  /** The days on which it opens; none where it opens once. */
  days: readonly Day[];
  /** When it opens on each of them, by the clocks of its time zone: `22:00`. */
  start: string;
  /** By its IANA name: `Europe/Berlin`. */
  timeZone: string;
  /** How long it is open, in minutes that pass. */
  minutes: number;
  /** When it opens once, ISO 8601; null: every week. */
  startsAt: string | null;
}

export const maintenanceWindow = entity<Window>()({
  noun: 'MaintenanceWindow',
  title: 'Maintenance window',
  category: 'maintenanceWindow',
  idField: 'id',
  changes: {
    MaintenanceWindowDescribed: 'description',
    MaintenanceWindowScheduled: ['days', 'start', 'timeZone', 'minutes', 'startsAt'],
  },
});
