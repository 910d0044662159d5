import { entityRows } from '#read-store';
import { maintenanceWindow } from './window.ts';

/** Maintenance windows by id. */
export const maintenanceWindows = entityRows(maintenanceWindow, {
  name: 'maintenance_windows',
  version: 1,
  key: 'integer',
  indexes: { site: ({ site }) => site },
});
