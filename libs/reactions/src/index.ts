export { DeadLetters, MAX_DEAD_LETTERS } from './dead-letters.ts';
export type { DeadLetter, DeadLetterCount, NewDeadLetter } from './dead-letters.ts';
export { follow } from './follow.ts';
export type { Following } from './follow.ts';
export type { LastError, ProgressStatus } from './progress.ts';
export type { EventSelection, Follower, LogListener, Reaction, ReactionContext, Reconciler } from './reaction.ts';
export { isNoFault } from './retry.ts';
export { ReactionRunner } from './reaction-runner.ts';
export type { ListenerState, ReactionRunnerOptions } from './reaction-runner.ts';
