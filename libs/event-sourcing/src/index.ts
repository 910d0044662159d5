export { contributeLetterReceivers, contributeListeners } from './contribute-listeners.ts';
export { EventSourcingModule } from './event-sourcing.module.ts';
export { EVENT_SOURCING_OPTIONS } from './event-sourcing-options.ts';
export type { EventSourcingOptions } from './event-sourcing-options.ts';
export { Features } from './features.ts';
export type { Feature } from './features.ts';
export { Reactions } from './reactions.ts';
export { ALL_PARTS, FIELDS, notUndone, undoNoun, undoRegister } from './undo-rule.ts';
export type { Touches, TouchedStream, UndoRule } from './undo-rule.ts';
