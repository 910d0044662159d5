import { entityRows } from '#read-store';
import { plot } from './plot.ts';

/** Plots by name. */
export const plots = entityRows(plot, {
  name: 'plots',
  version: 1,
  key: 'text',
  indexes: { parent: ({ parent }) => parent },
});
