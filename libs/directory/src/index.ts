export { DirectoryModule } from './directory.module.ts';
export { entries } from './entries.ts';
export type { EntryRow } from './entries.ts';
export type { Entry, EntryType, Service } from './entry.ts';
export { zoneFor } from './find-zone.ts';
export type { Timers, Zone } from './zone.ts';
export { zone } from './zone.ts';
export { domainOf, zones, zonesWithin } from './zones.ts';
export type { ZoneRow } from './zones.ts';
