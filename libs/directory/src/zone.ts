import type { EventOf } from '#kernel';
import { entity } from '#kernel';

/** How long name servers keep what they know of a zone, and how often they ask for it, in seconds. */
export interface Timers {
  readonly ttl: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** A DNS zone. Zones nest: the domain of a zone is its name before that of the zone around it. */
export interface Zone {
  name: string;
  /** The zone around it. */
  parent: number | null;
  timers: Timers;
}

export const zone = entity<Zone>()({
  noun: 'Zone',
  category: 'zone',
  idField: 'id',
  changes: { ZoneRenamed: 'name', ZoneMoved: 'parent', ZoneTimed: 'timers' },
});

export type ZoneEvent = EventOf<typeof zone>;
