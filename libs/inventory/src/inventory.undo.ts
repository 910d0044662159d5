import { undoRegister } from '#event-sourcing';
import { adoption } from './adoption.ts';

/** A note counts as long as its foundation is that machine, so there is nothing to take back. */
export const inventoryUndos = [
  undoRegister(adoption, { events: { AdoptionNoted: ['foundation'] }, undo: () => Promise.resolve() }),
];
