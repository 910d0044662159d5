import { floatOf } from '#kernel';
import { serverSide } from '#platform/server';
import { iputilsContract } from './contract.ts';

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

/** Pauses between two looks at a port, in milliseconds; the last one is kept. */
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000];

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

/** Looking at hosts from a site. */
export const iputils = half({ foundationTypes: [], functions: { ping, wait_for_port: waitForPort } });
