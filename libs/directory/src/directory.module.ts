import type { Room } from '#runtime';
import { entries } from './entries.ts';
import { entryModel } from './entry.api.ts';
import { zoneModel } from './zone.api.ts';
import { zones } from './zones.ts';

/** DNS zones and their entries. */
export const directoryRoom: Room = {
  name: 'directory',
  rows: [zones, entries],
  furnish: ({ ids }) => ({ api: [zoneModel(ids), entryModel(ids)] }),
};
