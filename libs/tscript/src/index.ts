/** The script language: source, tree, program and machine. */
export { type Answered, type Files, commandLine } from './command-line.ts';
export { callsAhead } from './calls-ahead.ts';
export { compile } from './compile.ts';
export { type Frame, stack } from './frames.ts';
export {
  type CallContext,
  type ExternalFunction,
  type ExternalTask,
  type Host,
  type HostFunction,
  type HostMember,
  type HostModule,
  type InlineFunction,
  emptyHost,
} from './host.ts';
export { format } from './format.ts';
export { fromJson, toJson, toTaggedJson, untagged } from './json.ts';
export { type LintFault, type LintKind, type ModuleSymbols, type Symbols, lint } from './lint.ts';
export { lintText } from './lint-text.ts';
export { type Machine, type Waiting, begin, line, overdueAt, pendingCookie, variables } from './machine.ts';
export type { AbortReason, Outcome } from './outcome.ts';
export { type Parsed, parse } from './parse.ts';
export type { Program } from './program.ts';
export { type Divergence, type Recorded, type Replay, replay } from './replay.ts';
export { type Answer, type AnswerRow, type Answers, type Rehearsal, type TraceEntry, rehearse } from './rehearse.ts';
export {
  type DeliverAnswer,
  type RollbackAnswer,
  type Task,
  clearDispatched,
  deliver,
  dispatch,
  jumpTo,
  rollback,
} from './protocol.ts';
export { type Pass, run, usualBudget, usualTotal } from './run.ts';
export type { PassOptions, TraceStep } from './running.ts';
export {
  ExecutionError,
  Interrupt,
  NoRollback,
  NotDefined,
  LanguageFault,
  ParameterError,
  Pause,
  Signal,
  Unrecoverable,
} from './signals.ts';
export { ScriptFault, type SourceFault } from './source-fault.ts';
export { type StatusData, type StatusEntry, status, statusText } from './status.ts';
export { textOf } from './text.ts';
export type { Tree } from './tree.ts';
export { outline } from './outline.ts';
export { delayFunction } from './delay.ts';
export { type ScriptMap, type Value, duration, float, kindOf, mapOf, opaque, secret, truth } from './values.ts';
