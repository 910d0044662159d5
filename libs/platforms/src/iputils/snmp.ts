import { isIPv6 } from 'node:net';
import type { Session, Varbind } from 'net-snmp';
import type { AgentParametersOf } from '#platform';
import type { IputilsContract } from './contract.ts';

/** Where and how an SNMP agent is asked. */
export type SnmpConnection = AgentParametersOf<IputilsContract, 'snmp_get'>['connection'];

/** The port of SNMP. */
const SNMP_PORT = 161;
/** How long an answer may take, in milliseconds, and how often it is asked for again: six seconds in all. */
const TIMEOUT_MS = 1000;
const RETRIES = 5;

/** Loaded when it is first needed. */
const load = async () => (await import('net-snmp')).default;
type Snmp = Awaited<ReturnType<typeof load>>;

/**
 * The value of an object as text: numbers in decimal, octets as they read, or in hexadecimal (`0x1aff`) where they are no text.
 * @throws Error where it is not there, or nobody answers; the reason of the signal
 */
export async function snmpGet(connection: SnmpConnection, oid: string, signal?: AbortSignal): Promise<string> {
  const snmp = await load();
  return withSession(snmp, connection, signal, async (session) => textOf(snmp, await get(snmp, session, oid)));
}

/**
 * Sets an object. It is of the type it has now; where it cannot be read, an integer or octets, whichever is taken.
 * @throws Error where it is refused, or nobody answers; the reason of the signal
 */
export async function snmpSet(
  connection: SnmpConnection,
  oid: string,
  value: string,
  signal?: AbortSignal,
): Promise<void> {
  const snmp = await load();
  await withSession(snmp, connection, signal, async (session) => {
    const { Integer, OctetString } = snmp.ObjectType;
    const known = await get(snmp, session, oid).catch((error: unknown) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
    const types =
      known?.type !== undefined ? [known.type] : /^[-+]?\d+$/.test(value) ? [Integer, OctetString] : [OctetString];
    for (const [n, type] of types.entries()) {
      const varbind = { oid, type, value: valueOf(snmp, type, value) } as Varbind;
      try {
        await request((done) => session.set([varbind], done));
        return;
      } catch (error) {
        // What was of the wrong type had no effect.
        const wrongType = isRefusal(error) && WRONG_TYPES.test((error as Error).message);
        if (!wrongType || n === types.length - 1) throw error;
      }
    }
  });
}

/** What an agent says of a value that is of another type than the object. */
const WRONG_TYPES = /^SNMP: (?:WrongType|WrongEncoding|BadValue|WrongValue|WrongLength)/;

/** The agent answered, and refused. */
class Refused extends Error {
  constructor(what: string) {
    super(`SNMP: ${what}`);
    this.name = 'Refused';
  }
}
const isRefusal = (error: unknown): boolean => error instanceof Refused;

async function get(snmp: Snmp, session: Session, oid: string): Promise<Varbind> {
  const [varbind] = await request((done) => session.get([oid], done));
  if (varbind === undefined) throw new Refused('the answer holds no value');
  if (snmp.isVarbindError(varbind)) throw new Refused(snmp.varbindError(varbind));
  return varbind;
}

/** Asks, and tells what was answered. */
const request = (ask: (done: (error: Error | null, varbinds?: Varbind[]) => void) => void): Promise<Varbind[]> =>
  new Promise((resolve, reject) => {
    ask((error, varbinds) => {
      if (error === null) resolve(varbinds ?? []);
      else reject(error.name === 'RequestFailedError' ? new Refused(error.message) : error);
    });
  });

async function withSession<R>(
  snmp: Snmp,
  connection: SnmpConnection,
  signal: AbortSignal | undefined,
  act: (session: Session) => Promise<R>,
): Promise<R> {
  signal?.throwIfAborted();
  const session = open(snmp, connection);
  let close = (): void => undefined;
  // What is wrong with the socket is told by the session and not by the request.
  const ended = new Promise<never>((_, reject) => {
    session.on('error', reject);
    close = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', close, { once: true });
  });
  try {
    return await Promise.race([act(session), ended]);
  } catch (error) {
    throw signal?.aborted ? signal.reason : told(error as Error, connection);
  } finally {
    signal?.removeEventListener('abort', close);
    session.close();
  }
}

function open(snmp: Snmp, { host, port = SNMP_PORT, protocol, creds }: SnmpConnection): Session {
  const transport: 'udp4' | 'udp6' = isIPv6(host) ? 'udp6' : 'udp4';
  const options = { port, transport, timeout: TIMEOUT_MS, retries: RETRIES, backoff: 1 };
  if (protocol !== 'SNMPv3') {
    if (creds.community === undefined) throw new Error(`${protocol} needs a community`);
    const version = protocol === 'SNMPv1' ? snmp.Version1 : snmp.Version2c;
    return snmp.createSession(host, creds.community.reveal(), { ...options, version });
  }
  const { user, auth_key: authKey, priv_key: privKey } = creds;
  if (user === undefined) throw new Error('SNMPv3 needs a user');
  if (privKey !== undefined && authKey === undefined)
    throw new Error('SNMPv3 encrypts only what is signed: auth_key is missing');
  const { noAuthNoPriv, authNoPriv, authPriv } = snmp.SecurityLevel;
  return snmp.createV3Session(
    host,
    {
      name: user,
      level: privKey !== undefined ? authPriv : authKey !== undefined ? authNoPriv : noAuthNoPriv,
      ...(authKey && {
        authKey: authKey.reveal(),
        authProtocol: snmp.AuthProtocols[AUTH[creds.auth_protocol ?? 'SHA']],
      }),
      ...(privKey && {
        privKey: privKey.reveal(),
        privProtocol: snmp.PrivProtocols[PRIV[creds.priv_protocol ?? 'AES']],
      }),
    },
    { ...options, version: snmp.Version3 },
  );
}

const AUTH = {
  MD5: 'md5',
  SHA: 'sha',
  SHA224: 'sha224',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
} as const;
const PRIV = { DES: 'des', AES: 'aes', AES256: 'aes256b' } as const;

/** What went wrong, in words of somebody who looks for the reason. */
function told(error: Error, { host, port = SNMP_PORT, protocol }: SnmpConnection): Error {
  if (error.name === 'RequestTimedOutError') {
    const secrets =
      protocol === 'SNMPv3' ? 'or cannot read what it is asked (priv_key)' : 'or does not know the community';
    return new Error(`SNMP: ${host} does not answer at port ${port}, ${secrets}`, { cause: error });
  }
  if (error.message.includes('digital envelope routines::unsupported')) {
    const how = 'start the agent with NODE_OPTIONS=--openssl-legacy-provider, or take AES';
    return new Error(`SNMP: this agent cannot encrypt with DES: ${how}`, { cause: error });
  }
  return error.message.startsWith('SNMP') ? error : new Error(`SNMP: ${error.message}`, { cause: error });
}

/** A value as text. */
function textOf({ ObjectType }: Snmp, { type, value }: Varbind): string {
  if (!Buffer.isBuffer(value)) return value === null || value === undefined ? '' : String(value);
  if (type === ObjectType.Counter64) return BigInt(`0x${value.toString('hex') || '0'}`).toString();
  const text = value.toString('utf8');
  const readable = Buffer.from(text, 'utf8').equals(value) && !/\p{Cc}/u.test(text.replaceAll(/[\t\r\n]/g, ''));
  return readable ? text : `0x${value.toString('hex')}`;
}

/** Text as a value of a type. */
function valueOf({ ObjectType }: Snmp, type: number, text: string): unknown {
  const numbers: readonly number[] = [
    ObjectType.Integer,
    ObjectType.Counter,
    ObjectType.Gauge,
    ObjectType.TimeTicks,
    ObjectType.Unsigned32,
  ];
  if (!numbers.includes(type)) return text;
  if (!/^[-+]?\d{1,10}$/.test(text))
    throw new Error(`SNMP: the object is a number, and ${JSON.stringify(text)} is none`);
  return Number(text);
}
