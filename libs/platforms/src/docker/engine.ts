import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isMap } from '#platform';
import type { Connection, DockerSettings, EngineAddress } from './engine-address.ts';
import { engineAddress } from './engine-address.ts';

/** The version of the Engine API that is spoken: Docker 20.10 and newer, and Podman, know it. */
const API = '/v1.41';
/** An engine that says nothing for so long is given up, in milliseconds: pulls tell how they get on all the time. */
const SILENT_MS = 300_000;
/** How long a connection is kept that nothing is asked over, in milliseconds. */
const KEPT_MS = 4000;
const KEPT = { keepAlive: true, timeout: KEPT_MS };
/** Connections to engines, which the next request to the same one takes over. */
const [plain, secured] = [new http.Agent(KEPT), new https.Agent(KEPT)];
/** How an engine closes a connection that was kept, perhaps while the next request is on its way. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE']);
/** The longest answer, and the longest line of one, that is read, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** At most this many characters of what an engine says go into a message. */
const MAX_SAID = 1000;

/** An engine refuses something, in its own words. */
export class EngineRefusal extends Error {
  constructor(
    /** Of HTTP; that of a failure tells little: Docker and Podman differ. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What an engine is asked. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the version. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The longest answer that is read, in bytes, where it is another than usual. */
  readonly maxBytes?: number;
  /** In the place of the signal of the engine. */
  readonly signal?: AbortSignal;
}

/** An engine of Docker, or what speaks its protocol. */
export interface Engine {
  /** Where it is, as messages name it. */
  readonly shown: string;
  /** Asks, and reads an answer of JSON; undefined where it is empty. @throws EngineRefusal, Error where it is not reached */
  ask(request: EngineRequest): Promise<unknown>;
  /** Asks, and reads an answer as it is. @throws EngineRefusal, Error */
  bytes(request: EngineRequest): Promise<Buffer>;
  /** Asks, and gives each line of the answer as JSON to whom it concerns. @throws EngineRefusal, Error */
  follow(request: EngineRequest, onLine: (line: unknown) => void): Promise<void>;
}

/** Reaches an engine, over connections that are kept for a while. @throws Error where it cannot be reached that way */
export async function reachEngine(
  connection: Connection,
  settings: DockerSettings,
  signal: AbortSignal,
): Promise<Engine> {
  const address = await engineAddress(connection, settings);
  return {
    shown: address.shown,
    ask: async (request) => {
      const response = await send(address, request, signal);
      const text = (await bytesOf(response, request.maxBytes)).toString();
      return text.trim() === '' ? undefined : read(text, address);
    },
    bytes: async (request) => bytesOf(await send(address, request, signal)),
    follow: async (request, onLine) => {
      const response = await send(address, request, signal);
      for await (const line of linesOf(response)) if (line.trim() !== '') onLine(read(line, address));
    },
  };
}

/** Sends a request and waits for the head of an answer that grants it. */
async function send(address: EngineAddress, request: EngineRequest, usual: AbortSignal): Promise<IncomingMessage> {
  const { method, path, query = {}, body, signal = usual } = request;
  signal.throwIfAborted();
  const parameters = new URLSearchParams(query).toString();
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options = {
    ...address.options,
    method,
    path: `${API}${path}${parameters === '' ? '' : `?${parameters}`}`,
    headers:
      text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) },
    agent: address.secure ? secured : plain,
    signal,
  };
  const answered = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = (address.secure ? https : http).request(options, resolve);
      sent.setTimeout(SILENT_MS, () => sent.destroy(new Error(`it says nothing for ${SILENT_MS / 1000} s`)));
      sent.on('error', (cause: NodeJS.ErrnoException) => {
        const why = new Error(`the Docker engine at ${address.shown} cannot be reached: ${cause.message}`, { cause });
        if (signal.aborted) reject(signal.reason as Error);
        // Everything that is asked of an engine may be asked again; a new connection is not closed like that.
        else if (sent.reusedSocket && CLOSED.has(cause.code ?? '')) resolve(answered());
        else reject(why);
      });
      sent.end(text);
    });
  const response = await answered();
  const { statusCode: status = 0 } = response;
  if (status < 400) return response;
  const said = saidIn((await bytesOf(response)).toString(), status);
  if (!address.secure && said.includes('HTTPS server')) {
    const what = 'the agent needs its certificates (SUBCONTRACTOR_DOCKER_CERTS)';
    throw new Error(`the Docker engine at ${address.shown} wants TLS: ${what}`);
  }
  throw new EngineRefusal(status, said);
}

/** What an engine says of a failure. */
function saidIn(text: string, status: number): string {
  const said = (() => {
    try {
      const body: unknown = JSON.parse(text);
      return isMap(body) ? body['message'] : undefined;
    } catch {
      return text.trim();
    }
  })();
  return typeof said === 'string' && said !== '' ? said.slice(0, MAX_SAID) : `status ${status} without a word`;
}

function read(text: string, { shown }: EngineAddress): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`what the engine at ${shown} says is no JSON: ${text.slice(0, 200)}`, { cause });
  }
}

async function bytesOf(response: IncomingMessage, maxBytes = MAX_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer of the engine is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_BYTES) throw new Error(`a line of the engine is longer than ${MAX_BYTES} bytes`);
    yield* lines;
  }
  yield rest;
}
