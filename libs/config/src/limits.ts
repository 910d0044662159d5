/** How much rendering may take. */
export interface Limits {
  /** How often texts are rendered anew because others have changed. */
  readonly rounds: number;
  /** Steps for one text in one round, and for a whole configuration. */
  readonly steps: number;
  readonly allSteps: number;
  /** Characters of one text, and of all of them. */
  readonly length: number;
  readonly allLength: number;
  /** Milliseconds for a whole configuration. */
  readonly time: number;
}

/** Ample for configurations of machines, and over in a moment for what goes in circles. */
export const LIMITS: Limits = {
  rounds: 20,
  steps: 100_000,
  allSteps: 500_000,
  length: 256 * 1024,
  allLength: 2 * 1024 * 1024,
  time: 1000,
};
