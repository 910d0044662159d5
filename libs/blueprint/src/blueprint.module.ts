import type { Room } from '#runtime';
import { bluePrintModel, foundationBluePrintModel } from './blueprint.api.ts';
import { blueprints } from './blueprints.ts';
import { scriptLinkModel } from './script-link.api.ts';
import { scriptLinks } from './script-links.ts';
import { scriptModel } from './script.api.ts';
import { scripts } from './scripts.ts';

/** Blueprints and the scripts in them. */
export const blueprintRoom: Room = {
  name: 'blueprint',
  rows: [blueprints, scripts, scriptLinks],
  furnish: ({ ids }) => ({ api: [bluePrintModel, foundationBluePrintModel, scriptModel, scriptLinkModel(ids)] }),
};
