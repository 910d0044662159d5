import { zoneFor } from '#directory';
import { undoNoun } from '#event-sourcing';
import { checkSiteParent } from './site.commands.ts';
import { site } from './site.ts';
import { sites } from './sites.ts';

/** How what a request did to sites is undone. */
export const siteUndo = undoNoun(site, {
  model: 'Site/Site',
  rows: sites,
  check: async (work, name, { zone, parent }) => {
    await zoneFor(work, 'zone', zone);
    await checkSiteParent(work, name, parent);
  },
});
