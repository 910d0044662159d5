import type { AgentHalf, AnyAgentHalf } from '#platform';
import type { Platforms } from './contracts.ts';
import { iputils } from './iputils/agent.ts';
import { manual } from './manual/agent.ts';

const halves: { readonly [P in keyof Platforms]: AgentHalf<Platforms[P]> } = { iputils, manual };

/** The agent halves of all platforms. */
export const agentHalves: readonly AnyAgentHalf[] = Object.values(halves);
