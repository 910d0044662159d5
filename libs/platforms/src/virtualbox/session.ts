import type { AgentParametersOf, TaskContext } from '#platform';
import { endpoint } from '../http/exchange.ts';
import { untilReady } from '../http/until-ready.ts';
import { SoapFault, soapCall } from '../soap/soap-call.ts';
import { element, type Xml } from '../xml/xml.ts';
import type { VirtualboxContract } from './contract.ts';

type Connection = AgentParametersOf<VirtualboxContract, 'create'>['connection'];

const PORT = 18_083;
/** How long a machine may be held by its process, after that is told to end, in milliseconds. */
const HELD_MS = 30_000;
/** How long logging off may take, in milliseconds. */
const LOGOFF_MS = 5000;
/** What there is not. */
const NOT_FOUND = /rc=0x80bb0001/i;

/** A value of a call: text, a number, a flag, or a list of texts. */
type Argument = string | number | boolean | readonly string[];

/** A session with the web service of VirtualBox; objects are known by the handles that it gives. */
export interface Vbox {
  /** The host, as messages name it. */
  readonly host: string;
  /** Handle of VirtualBox itself. */
  readonly root: string;
  /** Handle of the session that locks machines. */
  readonly session: string;
  /** Calls a method of an object; results in all that is returned. */
  all(method: string, on: string, values?: Readonly<Record<string, Argument>>): Promise<readonly string[]>;
  /** The same where one value is returned; empty text where none is. */
  call(method: string, on: string, values?: Readonly<Record<string, Argument>>): Promise<string>;
  /** Waits until something that takes its time is done. @throws Error where it failed */
  finish(progress: string): Promise<void>;
  /**
   * Waits until no session holds a machine: its process lets go of it a moment after it is off. One that is held for longer
   * stays so, which VirtualBox tells to whoever does something with it.
   */
  released(machine: string): Promise<void>;
}

/** How what takes its time is waited for. */
export interface Waiting {
  /** Pauses between two looks, in milliseconds. */
  readonly pausesMs?: readonly number[];
  /** How long a machine may be held after it is off, in milliseconds; 30 seconds unless said. */
  readonly heldMs?: number;
}

/** Whether VirtualBox says that there is no such thing. */
export const isNotFound = (error: unknown): boolean => error instanceof SoapFault && NOT_FOUND.test(error.message);

/** Whether VirtualBox has refused a call. */
export const isRefusal = (error: unknown): boolean => error instanceof Error && error.cause instanceof SoapFault;

/** Works in a session of its own, which is logged off in the end. */
export async function withVbox<T>(
  { host, credentials: given }: Connection,
  { signal, credentials, debug }: Pick<TaskContext, 'signal' | 'credentials' | 'debug'>,
  work: (vbox: Vbox) => Promise<T>,
  { pausesMs, heldMs = HELD_MS }: Waiting = {},
): Promise<T> {
  const url = endpoint(host, 'http', PORT);
  const raw = async (method: string, values: Readonly<Record<string, Argument>>, until: AbortSignal) => {
    const parts = Object.entries(values).flatMap(([name, value]) =>
      (typeof value === 'object' ? value : [value]).map((one) => element(name, one)),
    );
    const service = { url, namespaces: { vbox: 'http://www.virtualbox.org/' }, signal: until };
    const { body } = await soapCall(service, element(`vbox:${method}`, parts));
    return body.all('returnval').map(({ text }: Xml) => text);
  };
  const known = await credentials(given);
  const [username, password] = [known?.['username']?.reveal(), known?.['password']?.reveal()];
  if (username === undefined || password === undefined) {
    throw new Error('the credentials of VirtualBox are a username and a password');
  }
  const [root = ''] = await raw('IWebsessionManager_logon', { username, password }, signal).catch((error: unknown) => {
    if (!(error instanceof SoapFault)) throw error;
    throw new Error(`VirtualBox at ${url.host} refuses "${username}": ${error.message}`, { cause: error });
  });
  const all: Vbox['all'] = async (method, on, values = {}) => {
    try {
      return await raw(method, { _this: on, ...values }, signal);
    } catch (error) {
      if (!(error instanceof SoapFault) || isNotFound(error)) throw error;
      throw new Error(`VirtualBox at ${url.host} refuses ${method}: ${error.message}`, { cause: error });
    }
  };
  const call: Vbox['call'] = async (...asked) => (await all(...asked))[0] ?? '';
  try {
    const [session = ''] = await raw('IWebsessionManager_getSessionObject', { refIVirtualBox: root }, signal);
    const finish = async (progress: string): Promise<void> => {
      const look = async () => ((await call('IProgress_getCompleted', progress)) === 'true' ? true : undefined);
      await untilReady(look, signal, pausesMs);
      const code = Number(await call('IProgress_getResultCode', progress));
      if (code === 0) return;
      const info = await call('IProgress_getErrorInfo', progress);
      const text = info === '' ? `code ${code}` : await call('IVirtualBoxErrorInfo_getText', info);
      throw new Error(`VirtualBox at ${url.host}: ${text}`);
    };
    const released = async (machine: string): Promise<void> => {
      const deadline = Date.now() + heldMs;
      const look = async () => {
        const isFree = (await call('IMachine_getSessionState', machine)) === 'Unlocked';
        return isFree || Date.now() >= deadline ? true : undefined;
      };
      await untilReady(look, signal, pausesMs);
    };
    return await work({ host: url.host, root, session, all, call, finish, released });
  } finally {
    const until = AbortSignal.timeout(LOGOFF_MS);
    // A host that does not answer forgets the session by itself.
    await raw('IWebsessionManager_logoff', { refIVirtualBox: root }, until).catch((error: Error) =>
      debug('not logged off', { host: url.host, error: error.message }),
    );
  }
}
