import { createHash, randomBytes } from 'node:crypto';
import type { Login } from '../bmc/login.ts';

/** What a server asks who logs in by Digest (RFC 7616). */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  /** The one quality that we have is asked for; without it the older form of RFC 2069 is meant. */
  readonly qop: 'auth' | undefined;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly opaque: string | undefined;
  /** Name and password were right, and the nonce too old. */
  readonly stale: boolean;
}

/** A request that is answered for. */
interface Asked {
  readonly method: string;
  /** Path and parameters. */
  readonly uri: string;
  /** How many requests the nonce was used for, this one included. */
  readonly count: number;
  /** Made up by the client; at random unless given. */
  readonly cnonce?: string;
}

const HASHES = { MD5: 'md5', 'SHA-256': 'sha256' } as const;

/** Reads a header `WWW-Authenticate`; undefined: it asks for no Digest that we have. */
export function challengeIn(header: string | undefined): Challenge | undefined {
  const [, digest] = /(?:^|,)\s*Digest\s+(.*)$/is.exec(header ?? '') ?? [];
  if (digest === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const [, name = '', quoted, plain = ''] of digest.matchAll(
    /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g,
  )) {
    fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain);
  }
  const [realm, nonce, algorithm = 'MD5', qop] = ['realm', 'nonce', 'algorithm', 'qop'].map((name) => fields.get(name));
  const known = Object.keys(HASHES).find((name) => name === algorithm.toUpperCase());
  if (realm === undefined || nonce === undefined || known === undefined) return undefined;
  const qualities = qop?.split(',').map((one) => one.trim().toLowerCase());
  if (qualities && !qualities.includes('auth')) return undefined;
  return {
    realm,
    nonce,
    qop: qualities && 'auth',
    algorithm: known as Challenge['algorithm'],
    opaque: fields.get('opaque'),
    stale: fields.get('stale')?.toLowerCase() === 'true',
  };
}

/** The header `Authorization` that answers a challenge. */
export function authorizationFor(challenge: Challenge, { username, password }: Login, asked: Asked): string {
  const { realm, nonce, qop, algorithm, opaque } = challenge;
  const { method, uri, count, cnonce = randomBytes(8).toString('hex') } = asked;
  const hash = (...parts: readonly string[]) => createHash(HASHES[algorithm]).update(parts.join(':')).digest('hex');
  const nc = count.toString(16).padStart(8, '0');
  const who = hash(username, realm, password.reveal());
  const what = hash(method, uri);
  const response = qop ? hash(who, nonce, nc, cnonce, qop, what) : hash(who, nonce, what);
  const quoted = Object.entries({ username, realm, nonce, uri, response, ...(opaque === undefined ? {} : { opaque }) });
  return `Digest ${[
    ...quoted.map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`),
    `algorithm=${algorithm}`,
    ...(qop ? [`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`] : []),
  ].join(', ')}`;
}
