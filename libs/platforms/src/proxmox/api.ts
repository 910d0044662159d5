import type { AgentParametersOf, TaskContext } from '#platform';
import { endpoint, exchange } from '../http/exchange.ts';
import { untilReady } from '../http/until-ready.ts';
import type { ProxmoxContract } from './contract.ts';

type Connection = AgentParametersOf<ProxmoxContract, 'create'>['connection'];
type Values = Readonly<Record<string, string | number>>;

const PORT = 8006;
/** The name of an API token in the place of a user: `root@pam!builder`. */
const TOKEN_ID = /^[^!]+![^!]+$/;

/** What Proxmox refused, in its own words. */
export class ProxmoxError extends Error {
  override readonly name = 'ProxmoxError';

  constructor(
    readonly status: number,
    text: string,
  ) {
    super(text);
  }
}

/** A session with the API of a Proxmox host. */
export interface ProxmoxApi {
  /** The host, as messages name it. */
  readonly host: string;
  get<T>(path: string): Promise<T>;
  /** Asks for something to be done; results in what Proxmox answers. */
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, values?: Values): Promise<T>;
  /** Waits for the end of a task of Proxmox. @throws ProxmoxError where that is not `OK` */
  finish(upid: string): Promise<void>;
}

/**
 * Logs in by an API token, where the user name is that of one, else with a ticket.
 * @param pausesMs between two looks at a task
 */
export async function logIn(
  { host, credentials: given }: Connection,
  { signal, credentials }: Pick<TaskContext, 'signal' | 'credentials'>,
  pausesMs?: readonly number[],
): Promise<ProxmoxApi> {
  const base = endpoint(host, 'https', PORT);
  const known = await credentials(given);
  const [username, password] = [known?.['username']?.reveal(), known?.['password']?.reveal()];
  const token = known?.['token']?.reveal();
  if (token === undefined && (username === undefined || password === undefined)) {
    throw new Error('the credentials of Proxmox are a username and a password, or a token');
  }
  const call = async <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, rest: CallOptions): Promise<T> => {
    const { headers, values } = rest;
    const form = new URLSearchParams(
      Object.entries(values ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const inUrl = method === 'GET' || method === 'DELETE';
    const url = new URL(`api2/json${path}${inUrl && form.size > 0 ? `?${form.toString()}` : ''}`, base);
    const reply = await exchange({
      method,
      url,
      signal,
      headers: { ...headers, ...(inUrl ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
      ...(inUrl ? {} : { body: form.toString() }),
    });
    if (reply.status === 401) {
      const who = username ?? 'the token of the vault';
      throw new ProxmoxError(401, `Proxmox at ${base.host} refuses ${who}: wrong user name, password or token`);
    }
    const data = bodyOf(reply.text);
    if (reply.status < 200 || reply.status > 299) {
      const errors = data.errors ? `: ${JSON.stringify(data.errors)}` : '';
      const said = `${reply.status} ${data.message?.trim() || reply.reason}${errors}`;
      throw new ProxmoxError(reply.status, `Proxmox at ${base.host} refuses ${method} ${path}: ${said}`);
    }
    return data.data as T;
  };
  const headers = await sessionHeaders();

  async function sessionHeaders(): Promise<Readonly<Record<string, string>>> {
    if (token !== undefined) return { authorization: `PVEAPIToken=${token}` };
    if (TOKEN_ID.test(username ?? '')) return { authorization: `PVEAPIToken=${username}=${password}` };
    const values = { username: username ?? '', password: password ?? '' };
    const ticket = await call<{ ticket: string; CSRFPreventionToken: string }>('POST', '/access/ticket', { values });
    return { cookie: `PVEAuthCookie=${ticket.ticket}`, csrfpreventiontoken: ticket.CSRFPreventionToken };
  }

  const api: ProxmoxApi = {
    host: base.host,
    get: (path) => call('GET', path, { headers }),
    send: (method, path, values) => call(method, path, { headers, ...(values ? { values } : {}) }),
    async finish(upid) {
      const node = upid.split(':')[1] ?? '';
      const path = `/nodes/${encodeURIComponent(node)}/tasks/${encodeURIComponent(upid)}/status`;
      const look = async (): Promise<string | undefined> => {
        const { status, exitstatus } = await api.get<{ status: string; exitstatus?: string }>(path);
        return status === 'running' ? undefined : (exitstatus ?? 'it does not say how');
      };
      const ended = await untilReady(look, signal, pausesMs);
      if (ended === 'OK' || /^WARNINGS: \d+$/.test(ended)) return;
      throw new ProxmoxError(0, `task ${upid} of Proxmox at ${base.host} failed: ${ended}`);
    },
  };
  return api;
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly values?: Values;
}

interface Body {
  readonly data?: unknown;
  readonly message?: string;
  readonly errors?: unknown;
}

function bodyOf(text: string): Body {
  try {
    return (JSON.parse(text) ?? {}) as Body;
  } catch {
    return {};
  }
}
