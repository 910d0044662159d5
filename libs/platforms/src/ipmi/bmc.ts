import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentParametersOf, TaskContext } from '#platform';
import type { ProgramResult } from '#programs';
import { ProgramFailed, runProgram } from '#programs';
import { type BmcAddress, bmcAddressOf, shownAddress } from '../bmc/address.ts';
import { loginOf, type Login } from '../bmc/login.ts';
import type { IpmiContract } from './contract.ts';
import type { SessionFault } from './faults.ts';
import {
  CommandRefused,
  completionCodeIn,
  isPassing,
  isSessionless,
  LoginRefused,
  sessionFaultIn,
  tellsOfError,
} from './faults.ts';
import { rmcpPing } from './rmcp-ping.ts';

/** How an agent speaks to BMCs. */
export interface IpmiSettings {
  /** The cipher suite of its sessions (3); without one `ipmitool` asks first, which takes 10 s where nobody answers. */
  readonly cipherSuite?: number | undefined;
  /** Milliseconds before something that failed in passing is tried again. */
  readonly retryMs?: number;
  /** How long a BMC is waited for to answer a ping, in milliseconds. */
  readonly pingMs?: number;
  /** How often `ipmitool` repeats a message that is not answered (3). */
  readonly repeats?: number;
}

/** The port of RMCP. */
const PORT = 623;
/** What IPMI 2.0 has room for, in bytes. */
const MAX_USERNAME = 16;
const MAX_PASSWORD = 20;
/** How often a command is tried, and the pause between two tries in milliseconds. */
const MAX_TRIES = 3;
const RETRY_MS = 5000;
/** How often where no session comes about because nobody answers. */
const MAX_SILENT_TRIES = 2;
const REPEATS = 3;
/** The longest time it waits for the answer to one message, in seconds. */
const MAX_WAIT_S = 15;
/** How many messages go to and fro for one command, with those that open and close its session. */
const MESSAGES = 8;
/** What a command may take besides, in milliseconds. */
const MORE_MS = 20_000;
/** How much of what `ipmitool` prints is told in an error, in characters. */
const MAX_TOLD = 300;

type Context = Pick<TaskContext, 'signal' | 'debug'>;
type Connection = AgentParametersOf<IpmiContract, 'power_state'>['connection'];

interface RunOptions {
  /** What the program can read. */
  readonly input?: string;
  /** How often it is tried. */
  readonly tries?: number;
  /** What it prints counts only where it tells of no error: some lists end without one where the BMC ends them. */
  readonly whole?: boolean;
  /** Who asks; else who speaks to the BMC otherwise. */
  readonly as?: Asker;
}

/** Who logs in, and as what he is let in: `OPERATOR`; where it is not said, as an administrator. */
interface Asker {
  readonly login: Login;
  readonly privilege?: string;
}

/** A BMC that is spoken to by `ipmitool`; every command opens a session of its own. */
export class Bmc {
  readonly address: BmcAddress;
  #login: Login;
  readonly #settings: IpmiSettings;
  readonly #context: Context;
  #pingMs: number | undefined;

  private constructor(address: BmcAddress, login: Login, settings: IpmiSettings, context: Context) {
    this.address = address;
    this.#login = login;
    this.#settings = settings;
    this.#context = context;
  }

  /** @throws Error for an address, a user name or a password that is none of a BMC's */
  static async of(
    { ip_address, credentials }: Connection,
    context: Context & Pick<TaskContext, 'credentials'>,
    settings: IpmiSettings = {},
  ): Promise<Bmc> {
    const address = bmcAddressOf(ip_address, PORT);
    const login = await loginOf(credentials, context);
    checkLength('user name', login.username, MAX_USERNAME);
    checkLength('password', login.password.reveal(), MAX_PASSWORD);
    return new Bmc(address, login, settings, context);
  }

  /** How long `ipmitool` waits for the answer to a message, in seconds, by the answer to the ping. */
  get #waitS(): number {
    return Math.min(MAX_WAIT_S, Math.max(1, Math.ceil((2 * (this.#pingMs ?? 0)) / 1000)));
  }

  get #repeats(): number {
    return this.#settings.repeats ?? REPEATS;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** Who speaks to it. */
  get username(): string {
    return this.#login.username;
  }

  /** Goes on with another name or password: who speaks to it has changed his own. */
  relogin(changed: Partial<Login>): void {
    this.#login = { ...this.#login, ...changed };
  }

  /** The same BMC at another address. */
  at(host: string): Bmc {
    return new Bmc({ ...this.address, host }, this.#login, this.#settings, this.#context);
  }

  /**
   * Runs a command of `ipmitool`. @returns what it prints
   * @throws NoBmc where nobody answers; LoginRefused; CommandRefused; Error where no session comes about, or no end
   */
  async run(
    args: readonly string[],
    { input, tries = MAX_TRIES, whole = false, as }: RunOptions = {},
  ): Promise<string> {
    const { signal, debug } = this.#context;
    const asker = as ?? { login: this.#login };
    for (let n = 1; ; n += 1) {
      this.#pingMs ??= await rmcpPing(this.address, signal, this.#settings.pingMs);
      const begun = performance.now();
      const { code, stdout, stderr } = await this.#ipmitool(args, asker, input);
      const isPart = code === 0 && whole && tellsOfError(stderr);
      if (code === 0 && !isPart) return stdout;
      // Whoever is not let in is told so at once; who is told nothing at all has waited for every message.
      const silent = performance.now() - begun > this.#waitS * this.#repeats * 1000;
      const output = isPart ? stderr : `${stderr}\n${stdout}`;
      debug('ipmitool failed', { command: args[0] ?? '', code: code ?? -1, output: told(output) });
      const fault = isSessionless(output) ? (silent ? 'none' : await this.#diagnosed(output, asker)) : undefined;
      if (fault !== undefined) this.#refuseLogin(fault, asker);
      if (n >= Math.min(tries, silent ? MAX_SILENT_TRIES : MAX_TRIES) || !(isPart || isPassing(output))) {
        throw isPart ? this.#partial(args, output) : this.#failure(args, output, fault);
      }
      // It may have gone meanwhile.
      this.#pingMs = undefined;
      await sleep(this.#settings.retryMs ?? RETRY_MS, undefined, { signal });
    }
  }

  /**
   * Sends bytes of a message: the network function, the command, and its data. Arguments are seen by everybody on the
   * machine: where there is a secret in it, the program reads it. @returns the data of the answer
   */
  async raw(bytes: readonly number[], { secret = false } = {}): Promise<Buffer> {
    const hex = bytes.map((byte) => `0x${byte.toString(16).padStart(2, '0')}`);
    const output = secret
      ? await this.run(['exec', '/dev/stdin'], { input: `raw ${hex.join(' ')}\n` })
      : await this.run(['raw', ...hex]);
    return Buffer.from(output.replace(/[^0-9a-f]/gi, ''), 'hex');
  }

  /**
   * Whether the password of somebody is right, who may log in with a privilege.
   * @throws LoginRefused where he is not let in for another reason; Error where it is not to be told
   */
  async letsIn(login: Login, privilege: string): Promise<boolean> {
    try {
      await this.run(['chassis', 'power', 'status'], { as: { login, privilege } });
      return true;
    } catch (error) {
      if (error instanceof LoginRefused && error.fault === 'password') return false;
      throw error;
    }
  }

  async #ipmitool(args: readonly string[], { login, privilege }: Asker, input?: string): Promise<ProgramResult> {
    const { cipherSuite = 3 } = this.#settings;
    const wait = this.#waitS;
    const { host, port } = this.address;
    const session = ['-I', 'lanplus', '-C', String(cipherSuite), '-N', String(wait), '-R', String(this.#repeats)];
    const reached = ['-H', host, '-p', String(port), '-U', login.username, '-E'];
    const role = privilege === undefined ? [] : ['-L', privilege];
    try {
      const all = [...session, ...reached, ...role, ...args];
      // It opens what it reads by its name, which works for pipes alone, and programs are given a socket.
      const [program, those] =
        input === undefined ? ['ipmitool', all] : ['sh', ['-c', 'cat | ipmitool "$@"', 'ipmitool', ...all]];
      return await runProgram(program, those, {
        env: { IPMI_PASSWORD: login.password.reveal() },
        timeoutMs: wait * MESSAGES * 1000 + MORE_MS,
        signal: this.#context.signal,
        ...(input === undefined ? {} : { input }),
      });
    } catch (error) {
      if (!(error instanceof ProgramFailed) || error.kind !== 'late') throw error;
      throw new Error(`${this.#answered()} is too slow: ${error.message}`, { cause: error });
    }
  }

  /** Why no session came about: `ipmitool` says it only when it is asked to tell more. */
  async #diagnosed(output: string, asker: Asker): Promise<SessionFault> {
    const fault = sessionFaultIn(output);
    if (fault !== 'none') return fault;
    const { stdout, stderr } = await this.#ipmitool(['-v', 'mc', 'info'], asker);
    return sessionFaultIn(`${stderr}\n${stdout}`);
  }

  /** @throws LoginRefused for what does not go well by itself */
  #refuseLogin(fault: SessionFault, { login, privilege = 'ADMINISTRATOR' }: Asker): void {
    const { cipherSuite = 3 } = this.#settings;
    const reasons: Readonly<Partial<Record<SessionFault, string>>> = {
      password: 'wrong password',
      user: 'it has no such user, or he may not use IPMI over the LAN',
      role: `he is not let in as ${privilege}`,
      cipher: `it does not take the cipher suite ${cipherSuite}`,
    };
    const reason = reasons[fault];
    if (reason === undefined) return;
    throw new LoginRefused(
      `the BMC ${shownAddress(this.address)} does not let "${login.username}" in: ${reason}`,
      fault,
    );
  }

  #failure(args: readonly string[], output: string, fault: SessionFault | undefined): Error {
    if (fault === 'busy') return new Error(`${this.#answered()} has no session free`);
    if (fault !== undefined) return new Error(`${this.#answered()} opens no session: it is overloaded, or hangs`);
    const command = args[0] === 'exec' ? 'a command' : args.join(' ');
    const text = `the BMC ${shownAddress(this.address)} refuses ${command}: ${told(output)}`;
    return new CommandRefused(text, completionCodeIn(output) ?? null);
  }

  #partial(args: readonly string[], said: string): Error {
    return new Error(`the BMC ${shownAddress(this.address)} breaks off ${args.join(' ')}: ${told(said)}`);
  }

  #answered(): string {
    return `the BMC ${shownAddress(this.address)}, which answered a ping after ${Math.round(this.#pingMs ?? 0)} ms,`;
  }
}

function checkLength(what: string, text: string, max: number): void {
  const length = Buffer.byteLength(text);
  if (length > max) throw new Error(`the ${what} is ${length} bytes long, and IPMI has room for ${max}`);
}

/** What a program printed, in one line. */
function told(output: string): string {
  const line = output.trim().replaceAll(/\s+/g, ' ');
  return line.length > MAX_TOLD ? `${line.slice(0, MAX_TOLD)}…` : line || 'it says nothing';
}
