import type { Served } from '#config';
import { eraseSecret } from '#api';
import type { Room } from '#runtime';
import { siteConfigActions } from './site-config.api.ts';
import { siteModel, zoneUsers } from './site.api.ts';
import { sites } from './sites.ts';

/** Sites. `served` is what their configuration says about the server. */
export const siteRoom = (served: Served): Room => ({
  name: 'site',
  rows: [sites],
  furnish: ({ log, secrets }) => {
    const actions = {
      ...siteConfigActions(served, log),
      eraseSecret: eraseSecret('Site', 'Site.change_site', secrets),
    };
    return { api: [siteModel(actions, secrets)], extensions: [zoneUsers] };
  },
});
