import type { AgentHalf } from '#platform';
import { iputilsContract, type IputilsContract } from './contract.ts';
import { ping } from './ping.ts';
import { portState } from './port-state.ts';

/** The agent half of iputils. */
export const iputils: AgentHalf<IputilsContract> = {
  contract: iputilsContract,
  tasks: {
    ping: async ({ target, count }, { signal }) => ({ result: await ping(target, count, signal) }),
    port_state: async ({ target, port }, { signal }) => ({ state: await portState(target, port, signal) }),
  },
  observe: {},
};
