import type { Served } from '#config';
import type { Room } from '#runtime';
import { bluePrintModel, foundationBluePrintModel, structureBluePrintModel } from './blueprint.api.ts';
import { blueprints } from './blueprints.ts';
import { pxeModel } from './pxe.api.ts';
import { pxes } from './pxes.ts';
import { scriptLinkModel } from './script-link.api.ts';
import { scriptLinks } from './script-links.ts';
import { scriptModel } from './script.api.ts';
import { scripts } from './scripts.ts';

/** Blueprints, the scripts in them, and what machines boot. `served` is what configurations say about the server. */
export const blueprintRoom = (served: Served): Room => ({
  name: 'blueprint',
  rows: [blueprints, scripts, scriptLinks, pxes],
  furnish: ({ ids, log, secrets }) => {
    const config = { served, log, secrets };
    return {
      api: [
        bluePrintModel(config),
        foundationBluePrintModel(config),
        structureBluePrintModel(config),
        scriptModel,
        scriptLinkModel(ids),
        pxeModel,
      ],
    };
  },
});
