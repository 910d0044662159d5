import { type IncomingMessage, maxHeaderSize, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { type FrontSettings, FrontSocket } from './front-socket.ts';
import { verbBehind } from './http-verb.ts';
import { refuseConnection } from './refused-connection.ts';

const VERB = Symbol('verb');

interface FrontedRequest extends IncomingMessage {
  [VERB]?: string;
}

/** What may be answered without the server: requests that came whole; undefined where a request is not for it. */
export type DirectAnswer = NonNullable<FrontSettings['direct']>;

/** What Node keeps of the options a server was made with. */
interface ServerOptionsKept {
  readonly maxHeaderSize?: number;
  readonly insecureHTTPParser?: boolean;
}

/**
 * Lets an HTTP server accept the verbs of the protocol: requests with LIST, CREATE, UPDATE, DESCRIBE and CALL reach its
 * handlers as POST, `verbOf` names the verb. Connections that cannot be read are answered 400 with a JSON body; this
 * replaces all 'clientError' listeners. To be called once, before the server listens (it must listen itself, or Node
 * checks no time-outs) and after a framework has added its listeners; Fastify must be given an address to listen on,
 * because for 'localhost' it makes further servers. Throws for a server with a lenient parser.
 */
export function installVerbFront(server: Server, direct?: DirectAnswer): void {
  const kept: ServerOptionsKept = server as ServerOptionsKept;
  if (kept.insecureHTTPParser === true) throw new TypeError('The verb front needs the strict HTTP parser');
  const settings: FrontSettings = {
    maxHead: kept.maxHeaderSize || maxHeaderSize,
    upgrades: () => server.listenerCount('upgrade') > 0,
    refuse: (socket) => refuseConnection(undefined, socket),
    ...(direct ? { direct: (request) => (server.listening ? direct(request) : undefined) } : {}),
    keepAlive: () => `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(server.keepAliveTimeout / 1000)}`,
  };
  const accepted = server instanceof TlsServer ? 'secureConnection' : 'connection';
  const listeners = server.listeners(accepted) as ((this: Server, socket: FrontSocket) => void)[];
  server.removeAllListeners(accepted);
  const open = new Set<FrontSocket>();
  server.on(accepted, (raw: Socket) => {
    const socket = new FrontSocket(raw, settings);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    for (const listener of listeners) listener.call(server, socket);
  });
  // Node's own, which a server that closes calls, spares connections that have not been used yet: they would hold it up.
  server.closeIdleConnections = () => {
    for (const socket of open) if (socket.idle) socket.destroy();
  };
  server.prependListener('request', noteRequest);
  if (server.listenerCount('checkExpectation') === 0) {
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  }
  server.removeAllListeners('clientError');
  server.on('clientError', (error, socket: unknown) => {
    if (socket instanceof FrontSocket) refuseConnection(error, socket);
    else (socket as Socket).destroy();
  });
}

/** The verb of a request as the client sent it, in upper case: LIST, GET, POST … */
export function verbOf(request: FrontedRequest): string {
  const method = request.method ?? '';
  return request[VERB] ?? (frontOf(request) && verbBehind(method)) ?? method;
}

function noteRequest(request: FrontedRequest, response: ServerResponse): void {
  const socket = frontOf(request);
  if (socket === undefined || request[VERB] !== undefined) return;
  const method = request.method ?? '';
  const verb = verbBehind(method);
  request[VERB] = verb ?? method;
  if (verb !== undefined) request.method = 'POST';
  if (socket.note(response)) return;
  // The parser read more requests than the framer let through: nobody shall serve what nobody asked for.
  socket.destroy();
  request[VERB] = request.method = 'CONNECT';
}

function frontOf(request: IncomingMessage): FrontSocket | undefined {
  const socket: unknown = request.socket;
  return socket instanceof FrontSocket ? socket : undefined;
}
