import {
  boolean,
  choice,
  integer,
  number,
  optional,
  platformContract,
  record,
  secret,
  text,
  withDefault,
} from '#platform';

/** The port numbers of TCP and UDP. */
const port = integer({ min: 1, max: 65_535 });
/** How many echoes one ping sends: at one a second it is done within two minutes. */
const count = integer({ min: 1, max: 100 });
/** Versions of SNMP. */
const protocol = choice('SNMPv1', 'SNMPv2c', 'SNMPv3');
/** How messages of SNMPv3 are signed, and encrypted; SHA and AES (128 bit) unless said otherwise. */
const auth_protocol = choice('MD5', 'SHA', 'SHA224', 'SHA256', 'SHA384', 'SHA512');
const priv_protocol = choice('DES', 'AES', 'AES256');

/** Where and how an SNMP agent is asked; `creds` are a community, or a user with its keys. */
const connection = record({
  host: text(),
  port: optional(port),
  protocol,
  creds: record({
    community: optional(secret()),
    user: optional(text()),
    auth_key: optional(secret()),
    auth_protocol: optional(auth_protocol),
    priv_key: optional(secret()),
    priv_protocol: optional(priv_protocol),
  }),
});
/** The same as scripts give it: `community` for versions 1 and 2c, `user` and perhaps keys for version 3. */
const asked = {
  host: text(),
  protocol: withDefault(protocol, 'SNMPv2c'),
  community: optional(secret()),
  user: optional(text()),
  auth_key: optional(secret()),
  auth_protocol: optional(auth_protocol),
  priv_key: optional(secret()),
  priv_protocol: optional(priv_protocol),
  /** In numbers: `1.3.6.1.2.1.1.5.0`. */
  oid: text(),
};

/** What is looked at from a site: whether a host answers, what a TCP port does, and what an SNMP agent tells. */
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
    /** Reads one value, as text. */
    snmp_get: { repeat: 'safe', parameters: { connection, oid: text() }, result: { value: text() } },
    /**
     * Sets one value. Whether that may be done twice only the device knows (an outlet that is switched off and on by a
     * value is switched twice): so it is looked at first.
     */
    snmp_set: {
      repeat: 'observe',
      parameters: { connection, oid: text(), value: text() },
      result: { done: boolean() },
    },
  },
  functions: {
    /** The percentage of echoes that were answered. */
    ping: { target: text(), count: withDefault(count, 5) },
    /** Looks at a TCP port again and again until it is open. */
    wait_for_port: { target: text(), port },
    /** A value of an SNMP agent, as text. */
    snmp_get: asked,
    /** Sets a value of an SNMP agent, which says of which type it is. */
    snmp_set: { ...asked, value: text() },
  },
  foundationFunctions: {},
});

export type IputilsContract = typeof iputilsContract;
