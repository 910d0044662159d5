import type { ServerHalf } from '#platform';
import type { ExternalFunction, Value } from '#tscript';
import { ParameterError, textOf } from '#tscript';
import { iputilsContract } from './contract.ts';

type Parameters = Readonly<Record<string, Value>>;

/** The text of a parameter that has to be given. */
function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === null) throw new ParameterError(name, 'required');
  return textOf(value);
}

function wholeNumber(parameters: Parameters, name: string, otherwise?: number): number {
  if (parameters[name] === undefined && otherwise !== undefined) return otherwise;
  const text = required(parameters, name);
  if (!/^[-+]?\d+$/.test(text)) throw new ParameterError(name, 'must be an integer');
  return Number(text);
}

interface Ping {
  readonly target: string;
  readonly count: number;
  readonly received: number | null;
}

/** `ping( target, count=5 )`: the percentage of echoes that were answered. */
const ping: ExternalFunction<Ping> = {
  kind: 'external',
  setup: (parameters) => ({
    target: required(parameters, 'target'),
    count: wholeNumber(parameters, 'count', 5),
    received: null,
  }),
  done: ({ received }) => received !== null,
  message: ({ target }) => `Waiting for the ping of ${target}`,
  task: ({ target, count }) => ({ function: 'ping', parameters: { target, count } }),
  receive: (state, data) => ({ ...state, received: Number((data as { result: unknown }).result) }),
  value: ({ received }) => received,
};

interface WaitForPort {
  readonly target: string;
  readonly port: number;
  readonly state: string | null;
  /** How often it was looked at without success. */
  readonly looks: number;
  /** Not to be looked at again before this time, milliseconds since 1970. */
  readonly notBefore: number;
}

/** Pauses between two looks at a port, in milliseconds; the last one is kept. */
const PAUSES = [500, 1000, 2000, 5000, 10_000];

/** `wait_for_port( target, port )`: looks at a TCP port again and again until it is open. */
const waitForPort: ExternalFunction<WaitForPort> = {
  kind: 'external',
  setup: (parameters) => ({
    target: required(parameters, 'target'),
    port: wholeNumber(parameters, 'port'),
    state: null,
    looks: 0,
    notBefore: 0,
  }),
  done: ({ state }) => state === 'open',
  message: ({ target, port, state }) => `Waiting for port ${port} of ${target}, currently "${state ?? 'unknown'}"`,
  wakeAt: ({ notBefore }) => notBefore || undefined,
  task: ({ target, port, notBefore }, { now }) =>
    now < notBefore ? null : { function: 'port_state', parameters: { target, port } },
  receive: (waiting, data, { now }) => ({
    ...waiting,
    state: String((data as { state: unknown }).state),
    looks: waiting.looks + 1,
    notBefore: now + (PAUSES[waiting.looks] ?? PAUSES.at(-1) ?? 0),
  }),
  value: () => null,
};

/** Looking at hosts from a site. */
export const iputils: ServerHalf = {
  name: iputilsContract.name,
  foundationTypes: [],
  functions: { ping, wait_for_port: waitForPort },
};
