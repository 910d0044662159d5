import type { Repeat, RetryPolicy, ServerHalf } from '#platform';
import type { ReadModel } from '#read-store';
import type { ForemanWire } from '#wire';
import type { ResolveSecrets } from './task-secrets.ts';

/** How the foreman is set up. */
export interface ForemanOptions {
  readonly wire: ForemanWire;
  readonly platforms: readonly ServerHalf[];
  readonly resolveSecrets: ResolveSecrets;
  /** What may be done with a task of which nobody knows what became of it. */
  readonly repeatOf: (module: string, func: string) => Repeat;
  /** How often a task that fails is done once more by itself, as its contract has it. */
  readonly retryOf: (module: string, func: string) => RetryPolicy;
  /** The read model of the sites, by name. */
  readonly sites: ReadModel;
  /** A report of an agent was put aside, because nobody can take it. */
  readonly onUndeliverableReport: () => void;
  /** A report of an agent came when nobody waited for it any more. */
  readonly onLateReport: () => void;
  /** How long an agent on the wire may be silent before its task is taken to be lost, in milliseconds. */
  readonly lease: number;
  /** How long an agent that polls may be silent, in milliseconds. */
  readonly pollLease: number;
  /** How long nothing is heard of an agent on the wire before it is recorded that it is gone, in milliseconds. */
  readonly agentGone: number;
  /** After how many times its usual time a step is said to be slow. */
  readonly slowStep: number;
}

/** Injection token of {@link ForemanOptions}. */
export const FOREMAN_OPTIONS = Symbol('ForemanOptions');
