/*
 * The management engine of one machine with Intel's AMT, as far as it is asked: WS-Management over HTTP with Digest (RFC
 * 2617, as AMT has it: MD5, `qop=auth`), the power state, RequestPowerStateChange, ChangeBootOrder and SetBootConfigRole;
 * written from the descriptions of these classes.
 *
 * What it does not check: namespaces of the message beyond those of action and resource, MessageID and ReplyTo, the order of
 * elements in a body, user consent (where AMT wants a code from the screen before it boots elsewhere), TLS, redirection
 * (SOL, IDE-R, KVM), and the times real engines take: they sleep, and answer late or not at all when the machine is off.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The machine behind the engine, and how the engine behaves; a test may change all of it. */
export interface AmtMachine {
  /** The code of its power state. */
  power: number;
  /** Codes it was switched by, in their order. */
  readonly requests: number[];
  /** Return values of its methods, by name; 0 unless said otherwise. */
  readonly returns: Map<string, number>;
  /** What it boots at its next start, once that is in force. */
  source: string | null;
  /** What it booted, one for each start. */
  readonly booted: string[];
  /** So many connections are cut before one is answered. */
  cut: number;
  /** So many answers until its nonce is too old. */
  nonceLasts: number;
  /** Whether it says so. */
  saysStale: boolean;
  /** Logins that it refused: their nonce counted, and name or password did not. */
  refused: number;
}

export interface AmtEngine {
  readonly port: number;
  readonly machine: AmtMachine;
  stop(): Promise<void>;
}

const CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/';
const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const REALM = 'Digest:0123456789ABCDEF';

/** Starts the engine on loopback, with the user `admin` whose password is `Secret-1`. */
export async function startAmtEngine(): Promise<AmtEngine> {
  const machine: AmtMachine = {
    power: 8,
    requests: [],
    returns: new Map(),
    source: null,
    booted: [],
    cut: 0,
    nonceLasts: Infinity,
    saysStale: true,
    refused: 0,
  };
  const state: EngineState = { nonce: '', used: 0, ordered: null };
  const server = createServer((request, response) => void answer(machine, state, request, response));
  server.on('connection', (socket) => {
    if (machine.cut === 0) return;
    machine.cut -= 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    machine,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface EngineState {
  nonce: string;
  used: number;
  /** What ChangeBootOrder said last, which is in force only with a role. */
  ordered: string | null;
}

async function answer(
  machine: AmtMachine,
  state: EngineState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const send = (status: number, content: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'Content-Type': 'application/soap+xml; charset=UTF-8', ...headers });
    response.end(content);
  };
  const login = loginIn(request, state);
  if (login === 'good' && state.used < machine.nonceLasts) {
    state.used += 1;
    const { status, text } = served(machine, state, body);
    return send(status, envelope(text));
  }
  const stale = login === 'good' && machine.saysStale;
  if (login === 'bad' && request.headers.authorization !== undefined) machine.refused += 1;
  state.nonce = randomBytes(16).toString('hex');
  state.used = 0;
  const challenge = `Digest realm="${REALM}", nonce="${state.nonce}",stale="${stale}",qop="auth"`;
  return send(401, '<html><body>Unauthorized</body></html>', { 'WWW-Authenticate': challenge });
}

function loginIn({ method, headers }: IncomingMessage, { nonce }: EngineState): 'good' | 'bad' {
  const fields = new Map(
    [...(headers.authorization ?? '').matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(
      ([, name = '', quoted, plain]) => [name, quoted ?? plain ?? ''] as const,
    ),
  );
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const [uri, nc, cnonce] = ['uri', 'nc', 'cnonce'].map((name) => fields.get(name) ?? '');
  const who = md5(`admin:${REALM}:Secret-1`);
  const expected = md5(`${who}:${nonce}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  return nonce !== '' && fields.get('nonce') === nonce && fields.get('response') === expected ? 'good' : 'bad';
}

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="${SOAP}"><a:Header/><a:Body>${body}</a:Body></a:Envelope>`;

const fault = (text: string) => ({
  status: 400,
  text: `<a:Fault><a:Code><a:Value>a:Sender</a:Value></a:Code><a:Reason><a:Text xml:lang="en-US">${text}</a:Text></a:Reason></a:Fault>`,
});

function served(machine: AmtMachine, state: EngineState, message: string): { status: number; text: string } {
  const between = (name: string) => new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([^<]*)</`).exec(message)?.[1];
  const action = between('Action') ?? '';
  const resource = between('ResourceURI') ?? '';
  if (action.endsWith('/transfer/Get') && resource === `${CIM}CIM_AssociatedPowerManagementService`) {
    const text = `<g:CIM_AssociatedPowerManagementService xmlns:g="${resource}"><g:PowerState>${machine.power}</g:PowerState></g:CIM_AssociatedPowerManagementService>`;
    return { status: 200, text };
  }
  const [, method] = new RegExp(`^${CIM}\\w+/(\\w+)$`).exec(action) ?? [];
  if (method === undefined || !action.startsWith(`${resource}/`)) return fault('The WS-Management service cannot act.');
  const value = machine.returns.get(method) ?? 0;
  const instance = /<(?:\w+:)?Selector Name="InstanceID">Intel\(r\) AMT: (Force [^<]*)</.exec(message)?.[1];
  if (value === 0) apply(machine, state, method, between('PowerState'), between('Role'), instance);
  const text = `<g:${method}_OUTPUT xmlns:g="${resource}"><g:ReturnValue>${value}</g:ReturnValue></g:${method}_OUTPUT>`;
  return { status: 200, text };
}

function apply(
  machine: AmtMachine,
  state: EngineState,
  method: string,
  power: string | undefined,
  role: string | undefined,
  source: string | undefined,
): void {
  if (method === 'ChangeBootOrder') state.ordered = source ?? null;
  if (method === 'SetBootConfigRole' && role === '1') machine.source = state.ordered;
  if (method !== 'RequestPowerStateChange') return;
  machine.power = Number(power);
  machine.requests.push(machine.power);
  if (machine.power !== 2) return;
  machine.booted.push(machine.source ?? 'its own settings');
  machine.source = null;
}
