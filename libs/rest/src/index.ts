export { REST_HEADERS } from './cors.ts';
export { EventFeedAdapter } from './event-feed-adapter.ts';
export type { EventFeedAdapterOptions } from './event-feed-adapter.ts';
export { FeedAdapter } from './feed-adapter.ts';
export type { FeedAdapterOptions } from './feed-adapter.ts';
export { openapiPieces } from './openapi.ts';
export { restAdapter } from './rest-adapter.ts';
export type { RestAdapterOptions } from './rest-adapter.ts';
