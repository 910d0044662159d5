export type { LeftOut, ZoneContent, ZoneSet } from './zone-source.ts';
export { ZoneSource } from './zone-source.ts';
