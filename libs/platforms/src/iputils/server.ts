import { floatOf } from '#kernel';
import type { ParametersOf } from '#platform';
import type { GivenParameters } from '#platform/server';
import { serverSide } from '#platform/server';
import { ParameterError } from '#tscript';
import { givenValues } from '../given-values.ts';
import { iputilsContract, type IputilsContract } from './contract.ts';

const { task, functions, half } = serverSide(iputilsContract);

interface Ping {
  readonly target: string;
  readonly count: number;
  readonly received: number | null;
}

const ping = functions.external('ping', {
  setup: ({ target, count }): Ping => ({ target, count, received: null }),
  done: ({ received }) => received !== null,
  message: ({ target }) => `Waiting for the ping of ${target}`,
  task: ({ target, count }) => task('ping', { target, count }),
  receive: { ping: (state, { result }) => ({ ...state, received: result }) },
  value: ({ received }) => (received === null ? null : floatOf(received)),
});

interface WaitForPort {
  readonly target: string;
  readonly port: number;
  readonly state: string | null;
  /** How often it was looked at without success. */
  readonly looks: number;
  /** Not to be looked at again before this time, milliseconds since 1970. */
  readonly notBefore: number;
}

/** Pauses between two looks at a port, in milliseconds, about a third of what was waited; the last one is kept. */
const PAUSES_MS = [500, 500, 1000, 1000, 1000, 1500, 2000, 3000, 4000, 5000, 7000, 10_000];

const waitForPort = functions.external('wait_for_port', {
  setup: ({ target, port }): WaitForPort => ({ target, port, state: null, looks: 0, notBefore: 0 }),
  done: ({ state }) => state === 'open',
  message: ({ target, port, state }) => `Waiting for port ${port} of ${target}, currently "${state ?? 'unknown'}"`,
  wakeAt: ({ notBefore }) => notBefore || undefined,
  task: ({ target, port, notBefore }, { now }) => (now < notBefore ? null : task('port_state', { target, port })),
  receive: {
    port_state: (waiting, { state }, { now }) => ({
      ...waiting,
      state,
      looks: waiting.looks + 1,
      notBefore: now + (PAUSES_MS[waiting.looks] ?? PAUSES_MS.at(-1) ?? 0),
    }),
  },
  value: () => null,
});

type Asked = GivenParameters<IputilsContract['functions']['snmp_get']>;
type Connection = ParametersOf<IputilsContract, 'snmp_get'>['connection'];

/** What an agent is asked with. @throws ParameterError for what the version of SNMP cannot do without */
function connectionOf({ host, protocol, community, user, ...keys }: Omit<Asked, 'oid'>): Connection {
  if (protocol !== 'SNMPv3') {
    if (community === undefined) throw new ParameterError('community', 'required');
    return { host, protocol, creds: { community } };
  }
  if (user === undefined) throw new ParameterError('user', 'required');
  if (keys.priv_key !== undefined && keys.auth_key === undefined) throw new ParameterError('auth_key', 'required');
  return { host, protocol, creds: { user, ...givenValues(keys) } };
}

interface SnmpGet {
  readonly connection: Connection;
  readonly oid: string;
  readonly value: string | null;
}

const snmpGet = functions.external('snmp_get', {
  setup: ({ oid, ...asked }): SnmpGet => ({ connection: connectionOf(asked), oid, value: null }),
  done: ({ value }) => value !== null,
  message: ({ connection, oid }) => `Waiting for the SNMP value ${oid} of ${connection.host}`,
  task: ({ connection, oid }) => task('snmp_get', { connection, oid }),
  receive: { snmp_get: (state, { value }) => ({ ...state, value }) },
  value: ({ value }) => value,
});

interface SnmpSet {
  readonly connection: Connection;
  readonly oid: string;
  readonly value: string;
  readonly done: boolean;
}

const snmpSet = functions.external('snmp_set', {
  setup: ({ oid, value, ...asked }): SnmpSet => ({ connection: connectionOf(asked), oid, value, done: false }),
  done: ({ done }) => done,
  message: ({ connection, oid }) => `Setting the SNMP value ${oid} of ${connection.host}`,
  task: ({ connection, oid, value }) => task('snmp_set', { connection, oid, value }),
  receive: { snmp_set: (state, { done }) => ({ ...state, done }) },
  value: () => null,
});

/** Looking at hosts from a site. */
export const iputils = half({
  foundationTypes: [],
  functions: { ping, wait_for_port: waitForPort, snmp_get: snmpGet, snmp_set: snmpSet },
});
