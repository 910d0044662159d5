import type { AgentHalf } from '#platform';
import { iputilsContract, type IputilsContract } from './contract.ts';
import { ping } from './ping.ts';
import { portState } from './port-state.ts';
import { snmpGet, snmpSet } from './snmp.ts';

/** The agent half of iputils. */
export const iputils: AgentHalf<IputilsContract> = {
  contract: iputilsContract,
  tasks: {
    ping: async ({ target, count }, { signal }) => ({ result: await ping(target, count, signal) }),
    port_state: async ({ target, port }, { signal }) => ({ state: await portState(target, port, signal) }),
    snmp_get: async ({ connection, oid }, { signal }) => ({ value: await snmpGet(connection, oid, signal) }),
    snmp_set: async ({ connection, oid, value }, { signal }) => {
      await snmpSet(connection, oid, value, signal);
      return { done: true };
    },
  },
  observe: {
    snmp_set: async ({ connection, oid, value }, { signal }) => {
      const found = await snmpGet(connection, oid, signal);
      if (found === value) return { state: 'done', result: { done: true } };
      // Some objects are set to have something done, and never show what they were set to.
      return { state: 'unknown', reason: `${oid} of ${connection.host} is ${JSON.stringify(found)}` };
    },
  },
};
