import type { Served } from '#config';
import type { Room } from '#runtime';
import { siteConfigActions } from './site-config.api.ts';
import { siteModel, zoneUsers } from './site.api.ts';
import { sites } from './sites.ts';

/** Sites. `served` is what their configuration says about the server. */
export const siteRoom = (served: Served): Room => ({
  name: 'site',
  rows: [sites],
  furnish: ({ log }) => ({ api: [siteModel(siteConfigActions(served, log))], extensions: [zoneUsers] }),
});
