import { boolean, integer, nullable, optional, platformContract, secret, text, withDefault } from '#platform';

/** The port numbers of TCP. */
const port = optional(integer({ min: 1, max: 65_535 }));
/** How long a command may take, in seconds: up to 23 hours, since no task takes longer than a day. */
const timeout = integer({ min: 1, max: 82_800 });
/** What reaching a host and logging in may take besides, in milliseconds. */
const MORE_MS = 120_000;
/** How long a file may take, in milliseconds. */
const FILE_MS = 6 * 3_600_000;

/** Who logs in: null is the account the agent runs as. */
const username = nullable(text());
/** A password, or `vault:` and the path of an entry in the agent's vault; null: the agent's own keys. */
const password = nullable(secret());
/** A private key, in the place of a password or before it. */
const private_key = optional(secret());

/** Hosts that are reached over SSH from a site. */
export const sshContract = platformContract({
  name: 'ssh',
  tasks: {
    /**
     * Runs a command; the result is its exit code. Nothing tells afterwards whether a command ran, and running one twice may
     * do harm: where its agent was lost, the operator is asked.
     */
    execute: {
      repeat: 'ask',
      maxMs: ({ timeout: seconds }) => Number(seconds) * 1000 + MORE_MS,
      parameters: { host: text(), port, username, password, private_key, command: secret(), timeout },
      result: { rc: integer({ min: 0 }) },
    },
    /**
     * Puts what is found at a URL into a file of the host. It appears under its name whole or not at all, so done twice it
     * ends in the same place.
     */
    file: {
      repeat: 'safe',
      maxMs: FILE_MS,
      parameters: { host: text(), port, username, password, private_key, source: text(), destination: text() },
      result: { rc: boolean() },
    },
  },
  functions: {
    /** True when the exit code is the one that is expected; another one is an error of the job. */
    execute: {
      host: text(),
      port,
      username: withDefault(username, null),
      password: withDefault(password, null),
      private_key,
      command: secret(),
      timeout: withDefault(timeout, 300),
      expected_rc: withDefault(integer({ min: 0 }), 0),
    },
    file: { host: text(), port, username, password, private_key, source: text(), destination: text() },
  },
  foundationFunctions: {},
});

export type SshContract = typeof sshContract;
