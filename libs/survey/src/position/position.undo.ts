import { undoNoun, undoRegister } from '#event-sourcing';
import { checkPosition } from './put-position.ts';
import { position } from './position.ts';
import { positions } from './positions.ts';
import { rack } from './rack.ts';

const foundationOf = ({ foundation }: { readonly foundation: string }): readonly string[] => [foundation];

/** How what a request did to where foundations stand is undone. */
export const positionUndos = [
  undoNoun(position, {
    model: 'Survey/Position',
    rows: positions,
    check: (work, locator, value) => checkPosition(work, locator, value),
  }),
  undoRegister(rack, {
    events: { UnitsTaken: foundationOf, UnitsFreed: foundationOf },
    undo: async (work, { id, before, parts }) => {
      for (const foundation of parts) await work.decide(rack, id, { type: 'FreeUnits', data: { foundation } });
      for (const foundation of parts) {
        const was = before.get(foundation);
        if (was) await work.decide(rack, id, { type: 'TakeUnits', data: was });
      }
    },
  }),
];
