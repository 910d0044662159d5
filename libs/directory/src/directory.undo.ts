import type { UndoRule } from '#event-sourcing';
import { undoNoun, undoRegister } from '#event-sourcing';
import { entries } from './entries.ts';
import { entry } from './entry.ts';
import { zoneFor } from './find-zone.ts';
import { checkZoneParent } from './zone.commands.ts';
import { zoneNames } from './zone-names.ts';
import { zone } from './zone.ts';
import { zones } from './zones.ts';

const byName = ({ name }: { readonly name: string }): readonly string[] => [name];

/** How what a request did to zones and entries is undone. */
export const directoryUndos: readonly UndoRule[] = [
  undoNoun(zone, {
    model: 'Directory/Zone',
    rows: zones,
    check: (work, id, { parent }) => checkZoneParent(work, Number(id), parent),
    checkGone: async (work, id) => {
      const [within] = (await work.load(zoneNames, id)).values();
      if (within !== undefined) work.fault('', 'IN_USE', `Zone ${within} is in it`);
    },
    uses: async (view, id) => {
      const within = await view.keys(zones, { where: { parent: Number(id) } });
      const its = await view.keys(entries, { where: { zone: Number(id) } });
      return [...within.keys.map((key) => `Zone ${key}`), ...its.keys.map((key) => `Entry ${key}`)];
    },
  }),
  undoRegister(zoneNames, {
    events: { ZoneNameTaken: byName, ZoneNameFreed: byName },
    undo: async (work, { id, before, parts }) => {
      const now = new Map(await work.load(zoneNames, id));
      for (const name of parts) {
        const taken = now.get(name);
        if (taken !== undefined) {
          await work.decide(zoneNames, id, { type: 'FreeZoneName', data: { name, zone: taken } });
        }
        const wanted = before.get(name);
        if (wanted !== undefined) {
          await work.decide(zoneNames, id, { type: 'TakeZoneName', data: { name, zone: wanted } });
        }
      }
    },
  }),
  undoNoun(entry, {
    noun: 'Entry',
    model: 'Directory/Entry',
    rows: entries,
    check: (work, _, { zone: of }) => zoneFor(work, 'zone', of),
  }),
];
