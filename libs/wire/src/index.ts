export { startAgent } from './agent.ts';
export type { AgentSettings, FunctionContext, FunctionTable, OfferedModule, RunningAgent } from './agent.ts';
export { inProcessWire } from './in-process-wire.ts';
export type { InProcessAgent, InProcessPeriods, InProcessWire } from './in-process-wire.ts';
export { jetstreamAgent } from './jetstream-agent.ts';
export type { AgentPeriods } from './jetstream-agent.ts';
export { jetstreamForeman } from './jetstream-foreman.ts';
export type { ForemanPeriods } from './jetstream-foreman.ts';
export { readNatsAddresses } from './nats-addresses.ts';
export type { NatsAddresses } from './nats-addresses.ts';
export type { NatsSettings } from './nats-link.ts';
export { isNatsName } from './subjects.ts';
export { EVERY_SITE, observedBy, observerOf } from './wire.ts';
export { installText } from './programs.ts';
export type { MissingProgram, NeededProgram } from './programs.ts';
export type { SecretPath } from './wrap-secrets.ts';
export { wireSettings } from './wire.settings.ts';
export type {
  AgentMissing,
  AgentWire,
  Announcement,
  Beat,
  ForemanWire,
  ForemanWireListener,
  Outcome,
  Report,
  Task,
  TaskHandler,
} from './wire.ts';
