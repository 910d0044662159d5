import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Refuse } from '#runtime/settings';
import { InvalidValue, parser, setting } from '#runtime/settings';
import { readNatsAddresses } from './nats-addresses.ts';

/** Files of certificates for an encrypted connection, in PEM; they are read anew for every connection. */
export interface NatsCertificates {
  /** Of the authorities that may have signed the certificate of NATS; undefined: those the system knows. */
  readonly caFile?: string | undefined;
  /** The certificate by which we are known, with those in between. */
  readonly certFile?: string | undefined;
  /** Its key. */
  readonly keyFile?: string | undefined;
}

/** How NATS is reached. */
export interface NatsTransport {
  /** Set: the connection has to be encrypted. */
  readonly certificates?: NatsCertificates | undefined;
  /** URL of an HTTP proxy, for WebSockets. */
  readonly proxy?: string | undefined;
}

const proxy = parser(
  (text) => {
    const found = URL.canParse(text) ? new URL(text) : undefined;
    if (found?.protocol === 'http:' && found.hostname !== '' && found.pathname === '/') return text;
    throw new InvalidValue('must be a URL of the form http://[user:password@]host[:port]');
  },
  { secret: true },
);

const file = parser((text) => text);

/** The settings of how NATS is reached, of every program that does. */
export const natsTransportFields = {
  natsCa: setting('NATS_CA', file, {
    unset: 'those of the system',
    doc: 'file with the certificates (PEM) of those who may have signed that of NATS; the connection is encrypted then',
  }),
  natsCert: setting('NATS_CERT', file, {
    unset: 'none',
    doc: 'file with the certificate (PEM) by which NATS is to know this program, beside its key there',
  }),
  natsKey: setting('NATS_KEY', file, { unset: 'none', doc: 'file with the key (PEM) of `NATS_CERT`' }),
  natsProxy: setting('NATS_PROXY', proxy, {
    unset: 'none',
    doc: 'HTTP proxy through which NATS is reached over WebSockets: `http://[user:password@]host[:port]`',
  }),
};

/** What those settings are read as. */
export interface NatsTransportValues {
  readonly natsUrl?: string | undefined;
  readonly natsCa: string | undefined;
  readonly natsCert: string | undefined;
  readonly natsKey: string | undefined;
  readonly natsProxy: string | undefined;
}

/** How NATS is reached, with these settings. What they name is looked at; what cannot be used is refused by its file and rule. */
export function natsTransportOf(values: NatsTransportValues, refuse: Refuse): NatsTransport {
  const { natsUrl, natsCa, natsCert, natsKey, natsProxy } = values;
  const { tls, webSocket } = natsUrl === undefined ? { tls: false, webSocket: false } : readNatsAddresses(natsUrl);
  if (natsProxy !== undefined && !webSocket) refuse('NATS_PROXY', '…', 'takes a NATS_URL with ws:// or wss://');
  const files = { NATS_CA: natsCa, NATS_CERT: natsCert, NATS_KEY: natsKey };
  for (const [name, value] of Object.entries(files)) {
    if (value === undefined) continue;
    if (natsUrl === undefined) refuse(name, value, 'takes a NATS_URL');
    else if (webSocket && !tls) refuse(name, value, 'takes a NATS_URL with wss:// in place of ws://');
  }
  if (natsCa !== undefined)
    faultOf(
      () => certificatesIn(natsCa),
      (rule) => refuse('NATS_CA', natsCa, rule),
    );
  if (natsCert !== undefined && natsKey === undefined) refuse('NATS_KEY', undefined, 'goes with NATS_CERT');
  if (natsKey !== undefined && natsCert === undefined) refuse('NATS_CERT', undefined, 'goes with NATS_KEY');
  if (natsCert !== undefined && natsKey !== undefined) checkPair(natsCert, natsKey, refuse);
  const certificates = { caFile: natsCa, certFile: natsCert, keyFile: natsKey };
  const given = natsCa !== undefined || natsCert !== undefined;
  return { ...(given || tls ? { certificates } : {}), ...(natsProxy === undefined ? {} : { proxy: natsProxy }) };
}

function checkPair(certFile: string, keyFile: string, refuse: Refuse): void {
  const found = faultOf(
    () => certificatesIn(certFile),
    (rule) => refuse('NATS_CERT', certFile, rule),
  );
  const key = faultOf(
    () => keyIn(keyFile),
    (rule) => refuse('NATS_KEY', keyFile, rule),
  );
  const own = found?.[0];
  if (!own || !key) return;
  if (!own.checkPrivateKey(key)) refuse('NATS_KEY', keyFile, `must be the key of the certificate in ${certFile}`);
  if (Date.parse(own.validTo) < Date.now()) refuse('NATS_CERT', certFile, `is not valid any more since ${own.validTo}`);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(name: string): X509Certificate[] {
  const found = readIn(name).match(CERTIFICATE) ?? [];
  try {
    if (found.length > 0) return found.map((one) => new X509Certificate(one));
  } catch {
    // told below
  }
  throw new InvalidValue('must be a file with certificates in PEM');
}

function keyIn(name: string) {
  const text = readIn(name);
  try {
    return createPrivateKey(text);
  } catch {
    throw new InvalidValue('must be a file with a private key in PEM, without a passphrase');
  }
}

function readIn(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (cause) {
    throw new InvalidValue(`must be a file that can be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}

/** What it comes to; the rule is told where there is a fault. */
function faultOf<T>(read: () => T, told: (rule: string) => void): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof InvalidValue)) throw cause;
    told(cause.message);
    return undefined;
  }
}
