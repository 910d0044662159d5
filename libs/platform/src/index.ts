export { taskFunction } from './contract.ts';
export type {
  AgentHalf,
  FunctionContract,
  ModuleContract,
  ParametersOf,
  Repeat,
  ResultOf,
  TaskContext,
} from './contract.ts';
export type { FoundationType, ServerHalf } from './server-half.ts';
