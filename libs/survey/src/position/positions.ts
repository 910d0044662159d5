import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { Position } from './position.ts';
import { position } from './position.ts';

/** A position as it is shown. */
export type PositionRow = EntityRow<Position>;

/** Positions by the locator of the foundation. */
export const positions = entityRows(position, {
  name: 'positions',
  version: 1,
  key: 'text',
  indexes: { plot: ({ plot }) => plot, rack: ({ plot, rack }) => (rack === null ? null : `${plot}/${rack}`) },
});
