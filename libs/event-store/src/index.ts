export { CLOCK, EVENT_STORE, PRECONDITION_CHECK } from './tokens.ts';
export { backoffMs } from './backoff.ts';
export type { BackoffOptions } from './backoff.ts';
export { microsOf, systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { followTimes } from './follow-times.ts';
export { ANSWER_MS, inTime } from './answer-time.ts';
export { CommandBatch, CommandBatchHandler } from './command-batch.ts';
export { CommandContext, Outdated } from './command-context.ts';
export type { CommandContextOptions, Precondition } from './command-context.ts';
export { CommandExecutor } from './command-executor.ts';
export type { CommandResult } from './command-result.ts';
export { CommandGateway } from './command-gateway.ts';
export type { CommandObserver, CommandOutcome } from './command-gateway.ts';
export { CommandRunner } from './command-runner.ts';
export type { CommandClass, CommandPart, PreconditionCheck, PreviewDecision } from './command-runner.ts';
export { previewScope, runInPreview } from './preview-scope.ts';
export type { PreviewScope } from './preview-scope.ts';
export { notPreviewable } from './not-previewable.ts';
export { NamedCommand } from './named-command.ts';
export type { ResultOf } from './named-command.ts';
export { HANDLED_COMMAND, UnitOfWorkHandler } from './unit-of-work-handler.ts';
export {
  AppendRefused,
  MAX_APPEND_BYTES,
  MAX_APPEND_STREAMS,
  MAX_LARGE_APPEND_BYTES,
  MAX_LARGE_APPEND_STREAMS,
  NO_STREAM,
} from './event-store.ts';
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
export { Leadership } from './leadership.ts';
export type { Duty, LeadershipOptions, LeadershipTimes } from './leadership.ts';
export { EventLog } from './event-log.ts';
export { recorded } from './recorded.ts';
export type { LoggedEvent, Recorded } from './recorded.ts';
export { currentVersion, mergeUpcasters, upcast } from './upcasters.ts';
export type { Upcasters } from './upcasters.ts';
export { kurrentdbEventStore } from './kurrentdb-event-store.ts';
export { positionAt } from './position-at.ts';
export { postgresEventStore } from './postgres-event-store.ts';
export type { LogReader } from './log-reader.ts';
export { LogVerifier } from './log-verifier.ts';
export type { LogFault, LogRule, LogVerifierOptions } from './log-verifier.ts';
export { postgresLogFault } from './postgres-log-fault.ts';
export { postgresLogImport } from './postgres-log-import.ts';
export type { LogImport } from './postgres-log-import.ts';
export { postgresLogReader } from './postgres-log-reader.ts';
export { postgresSnapshots } from './snapshots.ts';
export type { Snapshots } from './snapshots.ts';
export { Signal } from './signal.ts';
export { isUnavailable } from './unavailable.ts';
export { lockKey } from './postgres-schema.ts';
export { textArray } from './text-array.ts';
