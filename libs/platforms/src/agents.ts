import { iputils } from './iputils/agent.ts';
import { manual } from './manual/agent.ts';

/** The agent halves of all platforms. */
export const agentHalves = [iputils, manual];
