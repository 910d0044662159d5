import type { Room } from '#runtime';
import { siteModel } from './site.api.ts';
import { sites } from './sites.ts';

/** Sites. */
export const siteRoom: Room = {
  name: 'site',
  rows: [sites],
  furnish: () => ({ api: [siteModel] }),
};
