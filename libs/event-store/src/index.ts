export { microsOf, systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { Commands } from './commands.ts';
export type { Done } from './commands.ts';
export { AppendRefused, MAX_APPEND_BYTES, MAX_APPEND_STREAMS, NO_STREAM } from './event-store.ts';
export type {
  Appended,
  Check,
  EventStore,
  Meta,
  NewEvent,
  Position,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
  Subscription,
  Write,
} from './event-store.ts';
export { hashOf } from './hash-chain.ts';
export { present, shapeOf } from './past.ts';
export type { Past } from './past.ts';
export { kurrentdbEventStore } from './kurrentdb-event-store.ts';
export { positionAt } from './position-at.ts';
export { postgresEventStore } from './postgres-event-store.ts';
export { postgresSnapshots } from './snapshots.ts';
export type { Snapshots } from './snapshots.ts';
export { lockKey } from './postgres-schema.ts';
