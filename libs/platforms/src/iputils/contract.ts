import { taskFunction } from '#platform';

/** What is looked at from a site: whether a host answers, and what a TCP port does. */
export const iputilsContract = {
  name: 'iputils',
  functions: {
    /** Sends `count` ICMP echoes to a host name or address; the result is the percentage answered, 0 to 100. */
    ping: taskFunction<{ target: string; count: number }, { result: number }>({ repeat: 'safe' }),
    /** Tries a TCP connection; the state is `open`, `closed`, `timeout`, `no route to host` or `exception: …`. */
    port_state: taskFunction<{ target: string; port: number }, { state: string }>({ repeat: 'safe' }),
  },
};

export type IputilsContract = typeof iputilsContract;
