import type { ModuleContract } from '#platform';

/** Machines that people handle by hand: there is nothing an agent could do for them. */
export const manualContract = { name: 'manual', functions: {} } satisfies ModuleContract;

export type ManualContract = typeof manualContract;
