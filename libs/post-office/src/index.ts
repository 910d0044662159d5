export { EventFactsReader } from './event-facts.ts';
export type { EventFactsOptions } from './event-facts.ts';
export { categoryOf, MAX_DATA_LENGTH, publicEvent, publicKind } from './public-event.ts';
export type { EventFacts, ObjectReference, PublicEvent } from './public-event.ts';
export {
  isKindPattern,
  matchesKind,
  PUBLIC_CATEGORIES,
  PUBLIC_EVENTS_VERSION,
  PUBLIC_KINDS,
  PUBLIC_STREAMS,
} from './public-kinds.ts';
