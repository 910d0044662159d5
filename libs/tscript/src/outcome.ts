/** How a pass ended. Times are milliseconds since the epoch. */
export type Outcome =
  | { readonly kind: 'ended' }
  /** A call is not done. `wakeAt`: when to run again at the latest (a delay, a time limit); absent: on an event only. */
  | { readonly kind: 'waiting'; readonly message: string; readonly wakeAt?: number }
  /** Its share is used up; to be run again when others have had theirs. */
  | { readonly kind: 'yielded'; readonly message: string }
  /** Goes on when somebody resumes it. */
  | { readonly kind: 'paused'; readonly message: string; readonly line: number }
  /** Goes on when somebody resets it. */
  | { readonly kind: 'error'; readonly message: string; readonly line: number; readonly reason: 'raised' | 'limit' }
  /** Final. */
  | { readonly kind: 'aborted'; readonly message: string; readonly line: number; readonly reason: AbortReason };

/** Why a script was aborted: something was missing, a parameter was refused, or anything else. */
export type AbortReason = 'not-defined' | 'parameter' | 'unrecoverable';

/** Thrown by a built-in function that stops the pass and counts as executed. */
export class Acknowledged extends Error {
  constructor(readonly outcome: Outcome) {
    super('acknowledged');
  }
}
