import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { send } from '@fastify/send';
import { failingScript, isIpxe, waitingScript } from '../script/boot-script.ts';
import type { BootOutcome, ServedRequest } from '../trace/boot-request.ts';
import type { FileServer, FileServerOptions } from './tftp-server.ts';
import { plainAddress } from './tftp-server.ts';

/** How many connections there may be at once. */
const MAX_CONNECTIONS = 1024;
/** How long a request may take to come in, in milliseconds. */
const REQUEST_MS = 10_000;
/** How long a client may take nothing of what it is sent, in milliseconds. */
const IDLE_MS = 60_000;

/** Where machines ask for their boot script, here as at the server. */
const SCRIPTS = '/config/boot_script/';
/** What iPXE runs as soon as it has it. */
const SCRIPT = /^\/config\/boot_script\/|\.ipxe$/;

/** What a request has come to. */
interface Answered {
  readonly outcome: BootOutcome;
  readonly size: number;
  readonly detail: string;
}

/** Serves files over HTTP, parts of them too: they are read and never written. @throws Error where the port cannot be taken */
export async function serveHttpFiles({ at, files, scripts, note, log }: FileServerOptions): Promise<FileServer> {
  let active = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<Answered> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(request, response, { status: 405, outcome: 'refused', reason: `the method is ${request.method}` });
    }
    if (!name.startsWith('/')) {
      return refuse(request, response, { status: 400, outcome: 'refused', reason: 'this is no proxy' });
    }
    if (name === SCRIPTS && scripts !== undefined) {
      const text = waitingScript(scripts);
      const size = Buffer.byteLength(text);
      response.writeHead(200, { 'Content-Type': 'text/plain;charset=utf-8', 'Content-Length': size });
      response.end(text);
      return { outcome: 'served', size, detail: '' };
    }
    const found = await files.find(name);
    if ('outcome' in found) {
      return refuse(request, response, { status: found.outcome === 'missing' ? 404 : 403, ...found });
    }
    const { statusCode, headers, stream } = await send(request, `/${encodeURIComponent(path.basename(found.file))}`, {
      root: path.dirname(found.file),
      // Which names are given to nobody is decided by now.
      dotfiles: 'allow',
      index: false,
    });
    response.writeHead(statusCode, headers);
    let size = 0;
    let whole = false;
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const part of source) {
        size += part.length;
        yield part;
      }
      whole = true;
    };
    try {
      await pipeline(stream, counted, response);
    } catch (error) {
      response.destroy();
      // Who has it all may be gone before the response has noticed that it is at its end.
      if (!whole) return { outcome: 'broken off', size, detail: (error as Error).message };
    }
    const outcome = statusCode < 400 ? 'served' : 'refused';
    return {
      outcome,
      size,
      detail: statusCode === 200 ? '' : `${statusCode} ${headers['Content-Range'] ?? ''}`.trim(),
    };
  };

  const server = createServer((request, response) => {
    const [time, begun] = [new Date().toISOString(), performance.now()];
    const address = plainAddress(request.socket.remoteAddress ?? '');
    const name = nameIn(request.url ?? '');
    active += 1;
    answer(request, response, name)
      .catch((error: unknown): Answered => {
        log.error('a request for a file failed', error, { address });
        response.destroy();
        return { outcome: 'broken off', size: 0, detail: (error as Error).message };
      })
      .then((answered) => {
        active -= 1;
        const durationMs = Math.round(performance.now() - begun);
        note({ time, address, kind: 'http', what: name, durationMs, ...answered } satisfies ServedRequest);
      })
      .catch((error: unknown) => log.error('a request could not be noted', error));
  });
  Object.assign(server, { maxConnections: MAX_CONNECTIONS, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
  server.setTimeout(IDLE_MS);
  server.listen(at.port, at.address);
  await once(server, 'listening');
  server.on('error', (error) => log.error('HTTP for boot files failed', error));
  const taken = server.address();
  return {
    port: typeof taken === 'object' && taken ? taken.port : at.port,
    active: () => active,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The path of a request, decoded; as it is, where that cannot be done: no file is called so. */
function nameIn(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Says why there is no file: by the status, and to iPXE asking for a script by one that it can run. */
function refuse(
  { url = '', headers }: IncomingMessage,
  response: ServerResponse,
  { status, outcome, reason }: { readonly status: number; readonly outcome: BootOutcome; readonly reason: string },
): Answered {
  const name = nameIn(url);
  const script = isIpxe(headers['user-agent']) && SCRIPT.test(name);
  const text = script ? failingScript(`${name}: ${reason}`) : `${reason}\n`;
  response.writeHead(script ? 200 : status, {
    'Content-Type': 'text/plain;charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  });
  response.end(text);
  return { outcome, size: 0, detail: reason };
}
