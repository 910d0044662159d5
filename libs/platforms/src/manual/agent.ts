import type { AgentHalf } from '#platform';
import type { ManualContract } from './contract.ts';

/** The agent half of manual. */
export const manual: AgentHalf<ManualContract> = { name: 'manual', functions: {} };
