import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { access, appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** How host keys are checked: what is seen first is kept and counts from then on, or all of them are known before. */
export type HostKeyPolicy = 'first-use' | 'strict';

/** The largest file of known hosts that is read, in bytes: about 20,000 hosts. */
export const MAX_FILE_BYTES = 4 * 2 ** 20;
/** The most hosts that are remembered where there is no file. */
const MAX_REMEMBERED = 20_000;

/** A host as it is reached. */
export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

interface Line {
  readonly marker: string;
  readonly hosts: string;
  readonly key: Buffer;
}

/** The kind of a key in the form of the protocol, in which its name comes first: `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE() : 0;
  return key.subarray(4, 4 + length).toString('latin1');
}

/** A key as people compare it: `ssh-ed25519 SHA256:…`. */
export const fingerprint = (key: Buffer): string =>
  `${keyType(key)} SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/**
 * The keys of hosts, in a file of the form of OpenSSH (`ssh-keygen -R` takes one out), which is read for every connection.
 * Without a file what is seen first is remembered as long as the process runs.
 */
export class KnownHosts {
  readonly #policy: HostKeyPolicy;
  readonly #file: string | undefined;
  readonly #maxRemembered: number;
  readonly #remembered: Line[] = [];
  /** One host key is checked, and perhaps kept, after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(policy: HostKeyPolicy, file?: string, maxRemembered = MAX_REMEMBERED) {
    this.#policy = policy;
    this.#file = file;
    this.#maxRemembered = maxRemembered;
  }

  /** The kinds of keys that are known of a host: those it is asked for first. */
  async keyTypes(address: HostAddress): Promise<readonly string[]> {
    const lines = await this.#linesOf(address);
    return [...new Set(lines.filter(({ marker }) => marker === '').map(({ key }) => keyType(key)))];
  }

  /** Checks the key a host has shown, and keeps it where it is the first of the host and that is allowed. @throws Error */
  check(address: HostAddress, key: Buffer): Promise<void> {
    const checked = this.#last.then(() => this.#check(address, key));
    this.#last = checked.catch(() => undefined);
    return checked;
  }

  async #check(address: HostAddress, key: Buffer): Promise<void> {
    const lines = await this.#linesOf(address);
    const name = nameOf(address);
    const where = this.#file ?? 'what this agent has seen';
    if (lines.some((line) => line.marker === '@revoked' && line.key.equals(key))) {
      throw new Error(`the host key of ${name} is revoked in ${where}: ${fingerprint(key)}`);
    }
    const known = lines.filter(({ marker }) => marker === '');
    if (known.some((line) => line.key.equals(key))) return;
    if (known.length > 0) {
      const ones = known.map((line) => fingerprint(line.key)).join(' or ');
      throw new Error(
        `the host key of ${name} has changed: it is ${fingerprint(key)}, and ${where} has ${ones}; ` +
          `where the host was made anew, take it out (ssh-keygen -R '${name}' -f ${where})`,
      );
    }
    if (this.#policy === 'strict') {
      throw new Error(
        `the host key of ${name} is not known: it is ${fingerprint(key)}; where that is right, add it to ${where}`,
      );
    }
    await this.#keep({ marker: '', hosts: name, key });
  }

  async #keep(line: Line): Promise<void> {
    if (this.#file === undefined) {
      if (this.#remembered.length >= this.#maxRemembered) this.#remembered.shift();
      this.#remembered.push(line);
      return;
    }
    await mkdir(path.dirname(this.#file), { recursive: true });
    const text = `${line.hosts} ${keyType(line.key)} ${line.key.toString('base64')}\n`;
    // Somebody may have left the last line open.
    const written = await textOf(this.#file);
    await appendFile(this.#file, written === '' || written.endsWith('\n') ? text : `\n${text}`, { mode: 0o600 });
  }

  async #linesOf(address: HostAddress): Promise<readonly Line[]> {
    const lines = this.#file === undefined ? this.#remembered : await linesIn(this.#file, this.#policy);
    const name = nameOf(address);
    return lines.filter(({ hosts }) => matches(hosts, name));
  }
}

/** How a file of known hosts calls a host: with its port where that is not the usual one. */
const nameOf = ({ host, port }: HostAddress): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

async function linesIn(file: string, policy: HostKeyPolicy): Promise<Line[]> {
  // Where only known hosts count, a file that is not there is a mistake.
  if (policy === 'strict') await access(file);
  return (await textOf(file)).split('\n').flatMap(lineOf);
}

/** What a file holds; nothing where it is not there: it comes with the first host. @throws Error where it is too large */
async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) throw new Error(`${file} is larger than ${MAX_FILE_BYTES} bytes`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Reads `[@marker] hosts type key [remark]`; remarks and what is no such line are left out, and so are authorities. */
function lineOf(text: string): Line[] {
  const words = text.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? (words.shift() ?? '') : '';
  const [hosts = '', type, encoded = ''] = words;
  const key = Buffer.from(encoded, 'base64');
  if (hosts === '' || hosts.startsWith('#') || keyType(key) !== type) return [];
  return marker === '' || marker === '@revoked' ? [{ marker, hosts, key }] : [];
}

/** Whether a list of patterns has a name: `web?,*.lab,!db.lab`, or a name that is hashed. */
function matches(hosts: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? [];
  if (salt !== undefined && hash !== undefined) {
    const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
    const its = Buffer.from(hash, 'base64');
    return own.length === its.length && timingSafeEqual(own, its);
  }
  const patterns = hosts.toLowerCase().split(',');
  const isLike = (pattern: string) => globOf(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && isLike(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && isLike(pattern));
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`)}$`,
  );
