export { startAgent } from './agent.ts';
export type {
  AgentSettings,
  FunctionContext,
  FunctionTable,
  OfferedModule,
  RunningAgent,
  TaskAtWork,
} from './agent.ts';
export type { GivenCredentials, Vault } from './credentials.ts';
export { checkInstallation } from './check-installation.ts';
export { httpPollAgent } from './http-poll-agent.ts';
export type { HttpPollAgentSettings } from './http-poll-agent.ts';
export { isFinal, pollServer } from './poll-server.ts';
export type { PollServer, PollServerSettings } from './poll-server.ts';
export { secretsIn } from './kept-back-secrets.ts';
export type { KeptReport, ReportStore } from './kept-report.ts';
export { openReportSpool } from './report-spool.ts';
export type { ReportSpool } from './report-spool.ts';
export { taskSlots } from './task-slots.ts';
export type { TaskSlots } from './task-slots.ts';
export { inProcessWire } from './in-process-wire.ts';
export type { InProcessAgent, InProcessPeriods, InProcessWire } from './in-process-wire.ts';
export { jetstreamAgent } from './jetstream-agent.ts';
export type { AgentPeriods, JetstreamAgentSettings } from './jetstream-agent.ts';
export { jetstreamForeman } from './jetstream-foreman.ts';
export type { ForemanPeriods, JetstreamForemanSettings } from './jetstream-foreman.ts';
export { natsAccount, natsConfiguration } from './nats-account.ts';
export type { NatsAccount, NatsSubcontractor } from './nats-account.ts';
export { readNatsAddresses } from './nats-addresses.ts';
export type { NatsAddresses } from './nats-addresses.ts';
export type { NatsSettings } from './nats-link.ts';
export { natsTransportFields, natsTransportOf } from './nats-transport.ts';
export type { NatsCertificates, NatsTransport } from './nats-transport.ts';
export { natsKey } from './nats-key.ts';
export type { NatsKey } from './nats-key.ts';
export { cannotBeTaken, outcomeOfResult, readReport } from './messages.ts';
export { InstallationTaken } from './streams.ts';
export type { InstallationIdentity } from './streams.ts';
export { ID_RULE, isInstallationId, isNatsName } from './subjects.ts';
export { EVERY_SITE, NO_JOB, observedBy, observerOf, MaybeHeld, TaskTooLarge } from './wire.ts';
export { installText } from './programs.ts';
export type { MissingProgram, NeededProgram } from './programs.ts';
export type { SecretPath } from './wrap-secrets.ts';
export { installationSetting, wireSettings } from './wire.settings.ts';
export type {
  AgentAtSite,
  AgentMissing,
  AgentWire,
  Announcement,
  Beat,
  ForemanWire,
  ForemanWireListener,
  Outcome,
  Report,
  SentTask,
  Task,
  TaskHandler,
  TaskPlace,
  UnreadableReport,
  WireHealth,
} from './wire.ts';
export { natsServerInfo } from './nats-server-info.ts';
export type { NatsServerInfo } from './nats-server-info.ts';
