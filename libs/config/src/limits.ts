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
  steps: 200_000,
  allSteps: 2_000_000,
  length: 1024 * 1024,
  allLength: 4 * 1024 * 1024,
  time: 2000,
};
