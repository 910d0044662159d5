export { microsOf, systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { CommandExecutor } from './command-executor.ts';
export type { CommandResult } from './command-executor.ts';
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
export { eventStoreSettings } from './event-store.settings.ts';
export { hashOf } from './hash-chain.ts';
export { upcast, currentVersion } from './upcasters.ts';
export type { Upcasters } from './upcasters.ts';
export { kurrentdbEventStore } from './kurrentdb-event-store.ts';
export { positionAt } from './position-at.ts';
export { postgresEventStore } from './postgres-event-store.ts';
export { postgresSnapshots } from './snapshots.ts';
export type { Snapshots } from './snapshots.ts';
export { lockKey } from './postgres-schema.ts';
