export { EventFeed } from './event-feed.ts';
export type { EventFeedOptions } from './event-feed.ts';
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
export { KeptDeliveries } from './kept-deliveries.ts';
export type { DeliveryCounts } from './kept-deliveries.ts';
export { PostOffice } from './post-office.ts';
export { PostOfficeModule } from './post-office.module.ts';
export { postOfficeSettings } from './post-office.settings.ts';
export { isActive, subscriptions } from './subscriptions.ts';
export { selectionOf, selects } from './consumers.ts';
export { boxModelOf } from './box.api.ts';
export { boxes } from './boxes.ts';
export { isPosted, toldBoxes } from './told-boxes.ts';
