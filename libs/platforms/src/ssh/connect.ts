import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { AnyAuthMethod, Client, ServerHostKeyAlgorithm } from 'ssh2';
import type { Secret } from '#kernel';
import type { AgentParametersOf, TaskContext } from '#platform';
import { vaultPathOf } from '#platform';
import type { SshContract } from './contract.ts';
import type { KnownHosts } from './known-hosts.ts';

/** What the agent brings along for its connections. */
export interface SshSettings {
  readonly knownHosts: KnownHosts;
  /** Files with private keys, for hosts that nobody gave a password or a key of; those that are not there are left out. */
  readonly keyFiles?: readonly string[] | undefined;
}

/** A host, and who logs in. */
export type Login = Pick<
  AgentParametersOf<SshContract, 'execute'>,
  'host' | 'port' | 'username' | 'password' | 'private_key'
>;

/** The port of SSH. */
const SSH_PORT = 22;
/** How long reaching a host and logging in may take, in milliseconds. */
const READY_MS = 30_000;
/** A host that is silent is asked for a sign of life so often; after the third that stays out, the connection is lost. */
const KEEPALIVE_MS = 15_000;
const KEEPALIVES = 3;
/** How long what is under way may take to clean up after the end of the signal, in milliseconds. */
const CLEAN_UP_MS = 3000;

/** The algorithms of host keys, the better ones first. */
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** The files with keys that `ssh` looks for, too. */
const usualKeyFiles = (): readonly string[] =>
  ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => path.join(homedir(), '.ssh', name));

/**
 * Logs in at a host and has `act` use the connection, which is closed at its end, at the end of the signal, and where it is
 * lost meanwhile.
 * @throws Error with what went wrong; the reason of the signal; what `act` throws
 */
export async function withConnection<R>(
  login: Login,
  { signal, credentials }: Pick<TaskContext, 'signal' | 'credentials'>,
  settings: SshSettings,
  act: (client: Client) => Promise<R>,
): Promise<R> {
  signal.throwIfAborted();
  const { Client: SshClient } = (await import('ssh2')).default;
  const { username, methods } = await methodsOf(login, credentials, settings);
  const address = { host: login.host, port: login.port ?? SSH_PORT };
  const known = await settings.knownHosts.keyTypes(address);
  const client = new SshClient();
  /** What is wrong with the host key; the connection itself only says that it was refused. */
  let badKey: unknown;
  let acting: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => undefined;
  const lost = new Promise<never>((_, reject) => {
    client.on('error', (error) => reject(badKey ?? told(error, username, address)));
    client.on('close', () => reject(badKey ?? new Error(`the connection to ${address.host} was lost`)));
    abort = () => {
      const end = () => reject(signal.reason as Error);
      timer = setTimeout(end, CLEAN_UP_MS);
      acting.then(end, end);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    const ready = new Promise<void>((resolve) => client.once('ready', resolve));
    client.connect({
      ...address,
      username,
      authHandler: [...methods],
      readyTimeout: READY_MS,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES,
      algorithms: { serverHostKey: knownFirst(known) },
      hostVerifier: (key: Buffer, verify: (good: boolean) => void) => {
        settings.knownHosts.check(address, key).then(
          () => verify(true),
          (error: unknown) => {
            badKey = error;
            verify(false);
          },
        );
      },
    });
    await Promise.race([ready, lost]);
    const acted = act(client);
    acting = acted;
    return await Promise.race([acted, lost]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    client.end();
  }
}

/** A key of a known kind is asked for first: another kind would be one that nobody knows. */
function knownFirst(known: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => known.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...HOST_KEYS.filter(isKnown), ...HOST_KEYS.filter((algorithm) => !isKnown(algorithm))];
}

interface Methods {
  readonly username: string;
  readonly methods: readonly AnyAuthMethod[];
}

/** Who logs in, and by what, in the order in which it is tried. */
async function methodsOf(
  { username: given, password, private_key: privateKey }: Login,
  credentials: TaskContext['credentials'],
  { keyFiles = usualKeyFiles() }: SshSettings,
): Promise<Methods> {
  const inVault = password !== null && vaultPathOf(password) !== undefined;
  const found = inVault ? await credentials(password) : undefined;
  const username = given ?? found?.['username']?.reveal() ?? userInfo().username;
  const key = privateKey ?? found?.['private_key'];
  const word = inVault ? found?.['password'] : (password ?? undefined);
  if (inVault && !key && !word) throw new Error('its entry in the vault has neither "password" nor "private_key"');
  if (key || word) {
    return {
      username,
      methods: [...(key ? [await byKey(username, key, found?.['passphrase'])] : []), ...byPassword(username, word)],
    };
  }
  const keys = await Promise.all(keyFiles.map(readKey));
  const agent = process.env['SSH_AUTH_SOCK'];
  const methods: AnyAuthMethod[] = [
    ...(agent ? [{ type: 'agent' as const, username, agent }] : []),
    ...keys.filter((text) => text !== undefined).map((text) => ({ type: 'publickey' as const, username, key: text })),
  ];
  if (methods.length === 0) throw new Error('no password was given, and the agent has no key of its own');
  return { username, methods };
}

/** A key that was given. @throws Error where it is none */
async function byKey(username: string, key: Secret, passphrase: Secret | undefined): Promise<AnyAuthMethod> {
  const { utils } = (await import('ssh2')).default;
  const read = utils.parseKey(key.reveal(), passphrase?.reveal());
  if (read instanceof Error) throw new Error(`the private key cannot be read: ${read.message}`, { cause: read });
  return { type: 'publickey', username, key: Array.isArray(read) ? read[0] : read };
}

/** A password, as such and as the answer to what a host asks. */
function byPassword(username: string, password: Secret | undefined): AnyAuthMethod[] {
  if (password === undefined) return [];
  const text = password.reveal();
  return [
    { type: 'password', username, password: text },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => text)),
    },
  ];
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What went wrong, with the host. */
function told(
  error: Error & { readonly level?: string },
  username: string,
  { host, port }: { host: string; port: number },
): Error {
  if (error.level === 'client-authentication') {
    return new Error(`${host} does not let "${username}" in: wrong user name, password or key`, { cause: error });
  }
  if (error.level === 'client-timeout') return new Error(`${host} fell silent: ${error.message}`, { cause: error });
  return new Error(`${host} cannot be reached at port ${port}: ${error.message}`, { cause: error });
}
