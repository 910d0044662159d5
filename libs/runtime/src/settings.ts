import os from 'node:os';
import path from 'node:path';
import ipaddr from 'ipaddr.js';
import { KEY_RULE, keyOf } from '#secrets';
import { readNatsAddresses } from '#wire';

/** A setting that cannot be used: names the key, the value and the rule. */
export class BadSetting extends Error {
  constructor(key: string, value: string, rule: string) {
    super(`${key}="${value}": ${rule}`);
    this.name = 'BadSetting';
  }
}

/** Where values come from: the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How the server is set up. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Addresses, or blocks of them, of proxies whose word counts as to where a request comes from. */
  readonly trustedProxies: readonly string[];
  /** Origins of web pages that may use the API; `*` for all, none unless said. */
  readonly corsOrigins: readonly string[];
  /** The largest body of a request, in bytes. */
  readonly maxBody: number;
  /** How machines and clients reach the server; configurations tell it. */
  readonly contractorUrl: string;
  /** Where boot images lie; configurations tell it. */
  readonly pxeUrl: string;
  /** Directory of everything embedded; absolute. */
  readonly data: string;
  readonly adminPassword: string | undefined;
  /** How many failed logins are let through, by name and by source address, within so many milliseconds. */
  readonly loginTries: { readonly perName: number; readonly perSource: number; readonly window: number };
  /** Undefined: an embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Where the log is. */
  readonly eventStore: 'postgres' | 'kurrentdb';
  /** Set where the log is in KurrentDB. */
  readonly kurrentdbUrl: string | undefined;
  /** Key of the secrets; undefined: the one in a file below the data directory. */
  readonly secretKey: Buffer | undefined;
  /** Undefined: agents are reached within the process, or poll. */
  readonly natsUrl: string | undefined;
  /** Whether a subcontractor for every site runs inside the server. */
  readonly embeddedSubcontractor: boolean;
  /** How long a subcontractor on the wire may be silent before its task is taken to be lost, in milliseconds. */
  readonly lease: number;
  /** The same for one that polls over HTTP, in milliseconds. */
  readonly pollLease: number;
}

function text(env: Environment, key: string): string | undefined {
  const value = env[key];
  return value === undefined || value === '' ? undefined : value;
}

function number(env: Environment, key: string, otherwise: number, range: readonly [number, number]): number {
  const value = text(env, key);
  if (value === undefined) return otherwise;
  const [least, most] = range;
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < least || parsed > most) {
    throw new BadSetting(key, value, `must be a whole number from ${least} to ${most}`);
  }
  return parsed;
}

/** @param parses whether whoever uses it can read it */
function url(
  env: Environment,
  key: string,
  schemes: readonly string[],
  parses: (text: string) => boolean = URL.canParse,
): string | undefined {
  const value = text(env, key);
  if (value === undefined) return undefined;
  const scheme = value.slice(0, value.indexOf(':') + 1);
  // What stands in a URL may be a password: the value is not repeated.
  if (!schemes.includes(scheme))
    throw new BadSetting(key, '…', `must begin with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
  if (!parses(value))
    throw new BadSetting(key, '…', 'must be a URL; a special character in its password has to be percent-encoded');
  return value;
}

/** As the client of PostgreSQL reads it: behind a user, the host may be left out. */
const isPostgresUrl = (text: string): boolean => URL.canParse(text) || URL.canParse(text.replace('@/', '@host/'));

/** One URL or several. */
function isNatsUrl(text: string): boolean {
  try {
    return readNatsAddresses(text).hosts.length > 0;
  } catch {
    return false;
  }
}

/** Several hosts make it a connection string that is no URL; its client checks it. */
const isKurrentdbUrl = (): boolean => true;

function secretKey(env: Environment, key: string): Buffer | undefined {
  const value = text(env, key);
  if (value === undefined) return undefined;
  const found = keyOf(value);
  if (found === undefined) throw new BadSetting(key, '…', KEY_RULE);
  return found;
}

function choice<C extends string>(env: Environment, key: string, choices: readonly C[], otherwise: C): C {
  const value = text(env, key);
  if (value === undefined) return otherwise;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw new BadSetting(key, value, `must be one of ${choices.join(', ')}`);
  return found;
}

/** Parts separated by commas. */
function list(env: Environment, key: string, fits: (part: string) => boolean, rule: string): readonly string[] {
  const value = text(env, key);
  const parts = (value ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  if (!parts.every(fits)) throw new BadSetting(key, value ?? '', rule);
  return parts;
}

const isBlock = (part: string): boolean => (part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part));

const isOrigin = (part: string): boolean => part === '*' || (URL.canParse(part) && new URL(part).origin === part);

const KURRENTDB_SCHEMES = ['kurrentdb:', 'kurrentdb+discover:', 'esdb:', 'esdb+discover:'];

/** Reads the settings of the server. @throws BadSetting for the first that cannot be used */
export function readSettings(env: Environment): Settings {
  const eventStore = choice(env, 'EVENT_STORE', ['postgres', 'kurrentdb'], 'postgres');
  const kurrentdbUrl = url(env, 'KURRENTDB_URL', KURRENTDB_SCHEMES, isKurrentdbUrl);
  if (eventStore === 'kurrentdb' && kurrentdbUrl === undefined) {
    throw new BadSetting('KURRENTDB_URL', '', 'must be set when EVENT_STORE is kurrentdb');
  }
  const natsUrl = url(env, 'NATS_URL', ['nats:', 'tls:'], isNatsUrl);
  const subcontractor = choice(env, 'CONTRACTOR_SUBCONTRACTOR', ['embedded', 'none'], natsUrl ? 'none' : 'embedded');
  if (natsUrl && subcontractor === 'embedded') {
    throw new BadSetting('CONTRACTOR_SUBCONTRACTOR', subcontractor, 'cannot be embedded when NATS_URL is set');
  }
  return {
    host: text(env, 'CONTRACTOR_HOST') ?? '127.0.0.1',
    port: number(env, 'CONTRACTOR_PORT', 8080, [0, 65_535]),
    trustedProxies: list(env, 'CONTRACTOR_TRUSTED_PROXIES', isBlock, 'must be addresses or blocks like 10.0.0.0/8'),
    corsOrigins: list(env, 'CONTRACTOR_CORS_ORIGINS', isOrigin, 'must be origins like https://ui.example.org, or *'),
    maxBody: number(env, 'CONTRACTOR_MAX_BODY', 524_288, [1024, 16_777_216]),
    contractorUrl: url(env, 'CONTRACTOR_URL', ['http:', 'https:']) ?? 'http://contractor',
    pxeUrl: url(env, 'CONTRACTOR_PXE_URL', ['http:', 'https:', 'tftp:', 'nfs:']) ?? 'http://static/pxe/',
    data: path.resolve((text(env, 'CONTRACTOR_DATA') ?? './data').replace(/^~(?=\/|$)/, os.homedir())),
    adminPassword: text(env, 'CONTRACTOR_ADMIN_PASSWORD'),
    loginTries: {
      perName: number(env, 'CONTRACTOR_LOGIN_TRIES', 10, [1, 1_000_000]),
      perSource: number(env, 'CONTRACTOR_LOGIN_TRIES_PER_SOURCE', 100, [1, 1_000_000]),
      window: number(env, 'CONTRACTOR_LOGIN_WINDOW', 300, [1, 86_400]) * 1000,
    },
    databaseUrl: url(env, 'DATABASE_URL', ['postgres:', 'postgresql:'], isPostgresUrl),
    eventStore,
    kurrentdbUrl,
    secretKey: secretKey(env, 'CONTRACTOR_SECRET_KEY'),
    natsUrl,
    embeddedSubcontractor: subcontractor === 'embedded',
    lease: number(env, 'CONTRACTOR_LEASE', 30, [1, 86_400]) * 1000,
    pollLease: number(env, 'CONTRACTOR_POLL_LEASE', 600, [1, 86_400]) * 1000,
  };
}
