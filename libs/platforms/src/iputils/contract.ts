import { integer, number, platformContract, text, withDefault } from '#platform';

/** The port numbers of TCP. */
const port = integer({ min: 1, max: 65_535 });
/** How many echoes one ping sends: at one a second it is done within two minutes. */
const count = integer({ min: 1, max: 100 });

/** What is looked at from a site: whether a host answers, and what a TCP port does. */
export const iputilsContract = platformContract({
  name: 'iputils',
  tasks: {
    /** Sends `count` ICMP echoes to a host name or address; the result is the percentage answered. */
    ping: {
      repeat: 'safe',
      parameters: { target: text(), count },
      result: { result: number({ min: 0, max: 100 }) },
      needs: [{ program: 'ping', package: 'iputils-ping' }],
    },
    /** Tries a TCP connection; the state is `open`, `closed`, `timeout`, `no route to host` or `exception: …`. */
    port_state: { repeat: 'safe', parameters: { target: text(), port }, result: { state: text() } },
  },
  functions: {
    /** The percentage of echoes that were answered. */
    ping: { target: text(), count: withDefault(count, 5) },
    /** Looks at a TCP port again and again until it is open. */
    wait_for_port: { target: text(), port },
  },
  foundationFunctions: {},
});

export type IputilsContract = typeof iputilsContract;
