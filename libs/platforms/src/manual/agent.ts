import type { AgentHalf } from '#platform';
import { manualContract, type ManualContract } from './contract.ts';

/** The agent half of manual. */
export const manual: AgentHalf<ManualContract> = { contract: manualContract, tasks: {}, observe: {} };
