export { offeredPlatform } from './agent-half.ts';
export type { AgentHalf, AnyAgentHalf, Observation, OfferedPlatform, TaskContext } from './agent-half.ts';
export { credentialsOf, isVaultMark, vaultPathOf } from './credentials.ts';
export type { Credentials, GivenCredentials } from './credentials.ts';
export { NO_RETRY, platformContract, withDefault } from './contract.ts';
export type {
  AgentParametersOf,
  MaxTime,
  NeededProgram,
  ObservedTask,
  ParametersOf,
  PlatformContract,
  Repeat,
  RetryPolicy,
  ResultOf,
  TaskContract,
  TaskName,
} from './contract.ts';
export { LIST_MS, LIST_TASK, listedMachines, listTask, MAX_LISTED } from './list-task.ts';
export type { ListedMachine } from './list-task.ts';
export { SETTINGS_MS, SETTINGS_TASK, settingDifference, settingDifferences, settingsTask } from './settings-task.ts';
export type { SettingDifference } from './settings-task.ts';
export { BMC_BLOCK, PLATFORMS } from './server-half.ts';
export type { ComplexType, FoundationType, KnownFoundation, ServerHalf } from './server-half.ts';
export {
  boolean,
  choice,
  credentials,
  faultOf,
  integer,
  isMap,
  json,
  list,
  mapOf,
  nullable,
  number,
  optional,
  exactRecord,
  record,
  secret,
  text,
} from './shape.ts';
export type { AgentValues, Fields, SealedCredentials, SealedText, ServerValues, Shape } from './shape.ts';
