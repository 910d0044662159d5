export { CarryOut, CarryOutHandler } from './carry-out.ts';
export { startEmbeddedPostgres } from './embedded-postgres.ts';
export type { EmbeddedPostgres } from './embedded-postgres.ts';
export { jsonLog, masked } from './log.ts';
export type { Log } from './log.ts';
export type { Furniture, Ground, Process, Room } from './room.ts';
export { BadSetting, readSettings } from './settings.ts';
export type { Environment, Settings } from './settings.ts';
