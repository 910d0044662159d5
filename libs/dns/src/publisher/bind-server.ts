import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProgramFailed, runProgram } from '#programs';
import type { ServerAddress } from './bind.settings.ts';

/** How long `rndc` may take, in milliseconds. */
const RNDC_TIMEOUT_MS = 10_000;
/** How much of what it says is kept of each of its streams, in characters. */
const MAX_WORDS = 4000;
/** How long an answer over DNS may take, in milliseconds; it is asked for twice. */
const ANSWER_TIMEOUT_MS = 1000;
const TRIES = 2;

/** The name server does not answer at all, so that asking it more is of no use. */
export class ServerAway extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerAway';
  }
}

/** The name server does not do what it was told. */
export class NotReloaded extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotReloaded';
  }
}

/** What a name server says of a zone: the serial it serves, or why it serves none. */
export type Served = { readonly serial: number } | { readonly serial: null; readonly error: string };

/** A name server that reads zones from files. */
export interface NameServer {
  /** Whom errors speak of. */
  readonly name: string;
  /** Has it read which zones there are. @throws NotReloaded; ProgramFailed */
  reconfigure(signal: AbortSignal): Promise<void>;
  /**
   * Has it read the file of a zone, or of all whose file is newer than what it has loaded. That it takes the command says
   * nothing of what it serves then.
   * @throws NotReloaded; ProgramFailed
   */
  reload(zone: string | undefined, signal: AbortSignal): Promise<void>;
  /** Asks over DNS. @throws ServerAway */
  served(zone: string): Promise<Served>;
}

export interface BindServerOptions {
  readonly server: ServerAddress;
  readonly rndcPort: number;
  /** File with the key of `rndc`; undefined: its own. */
  readonly rndcKey: string | undefined;
}

/** What a name server that is there may answer instead of a serial. */
const REASONS: Readonly<Record<string, string>> = {
  EREFUSED: 'it does not know the zone (REFUSED)',
  ENOTFOUND: 'it does not know the zone (NXDOMAIN)',
  ENODATA: 'it does not know the zone (no SOA)',
  ESERVFAIL: 'it could not load the zone (SERVFAIL)',
};

/** BIND, told by `rndc` and asked over DNS: UDP, and TCP where an answer is too long. */
export class BindServer implements NameServer {
  readonly name: string;
  readonly #options: BindServerOptions;
  #resolver: Resolver | undefined;

  constructor(options: BindServerOptions) {
    const { host, port } = options.server;
    this.name = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    this.#options = options;
  }

  async reconfigure(signal: AbortSignal): Promise<void> {
    await this.#rndc(['reconfig'], signal);
  }

  async reload(zone: string | undefined, signal: AbortSignal): Promise<void> {
    await this.#rndc(zone === undefined ? ['reload'] : ['reload', zone], signal);
  }

  async served(zone: string): Promise<Served> {
    try {
      const resolver = (this.#resolver ??= await this.#open());
      return { serial: (await resolver.resolveSoa(zone)).serial };
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      const reason = REASONS[code];
      if (reason !== undefined) return { serial: null, error: `${this.name}: ${reason}` };
      // Its address may be another next time.
      this.#resolver = undefined;
      throw new ServerAway(`${this.name} does not answer over DNS: ${code || message}`, { cause: error });
    }
  }

  async #open(): Promise<Resolver> {
    const { host, port } = this.#options.server;
    const { address, family } = await lookup(host);
    const resolver = new Resolver({ timeout: ANSWER_TIMEOUT_MS, tries: TRIES });
    resolver.setServers([`${family === 6 ? `[${address}]` : address}:${port}`]);
    return resolver;
  }

  async #rndc(command: readonly string[], signal: AbortSignal): Promise<void> {
    const { server, rndcPort, rndcKey } = this.#options;
    const key = rndcKey === undefined ? [] : ['-k', rndcKey];
    const args = ['-s', server.host, '-p', String(rndcPort), ...key, ...command];
    const limits = { timeoutMs: RNDC_TIMEOUT_MS, maxOutput: MAX_WORDS, signal };
    const { code, stdout, stderr } = await runProgram('rndc', args, limits);
    if (code === null) throw new ProgramFailed('killed', `rndc ${command.join(' ')} was ended`);
    if (code !== 0) throw new NotReloaded(`rndc ${command.join(' ')}: ${`${stdout}${stderr}`.trim()}`);
  }
}

/** How often a server is asked until it serves what it was told, in milliseconds: the pause doubles from the first to the last. */
const FIRST_PAUSE_MS = 2;
const LAST_PAUSE_MS = 50;

/**
 * Asks until a zone has this serial.
 * @returns what was served last; the serial wanted where it came in time
 * @throws ServerAway; the reason of the signal
 */
export async function servedInTime(
  server: NameServer,
  { zone, serial }: { readonly zone: string; readonly serial: number | undefined },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Served> {
  const limit = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
    const served = await server.served(zone);
    if (served.serial === serial || performance.now() >= limit) return served;
    await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
  }
}
