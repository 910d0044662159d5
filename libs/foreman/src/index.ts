export { foremanRoom } from './foreman.module.ts';
export type { ForemanRoomOptions } from './foreman.module.ts';
export { foremanSettings } from './foreman.settings.ts';
export { jobLog } from './job-log.ts';
export { jobs } from './jobs.ts';
