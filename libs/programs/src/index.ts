export { MAX_RUNNING, ProgramLauncher } from './launcher.ts';
export { MAX_OUTPUT, ProgramFailed } from './program.ts';
export type { FailureKind, ProgramOptions, ProgramResult } from './program.ts';
export { runProgram } from './run-program.ts';
