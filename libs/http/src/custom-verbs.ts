import { type IncomingMessage, maxHeaderSize, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { type FramedSocketSettings, FramedSocket } from './framed-socket.ts';
import { verbOfStandIn } from './http-verb.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { malformedAnswer, refuseConnection } from './refused-connection.ts';

const VERB = Symbol('verb');

interface RequestWithVerb extends IncomingMessage {
  [VERB]?: string;
}

/** What may be answered without the server: requests that came whole; undefined where a request is not for it. */
export type FastPath = NonNullable<FramedSocketSettings['fastPath']>;

/** What else a server with custom verbs does. */
export interface CustomVerbOptions {
  readonly fastPath?: FastPath | undefined;
  /** The answer to a connection whose requests cannot be read, by the reason; 400 with `{"message"}` if not given. */
  readonly malformed?: (reason: string) => HttpAnswer;
}

/** What Node keeps of the options a server was made with. */
interface ServerOptionsKept {
  readonly maxHeaderSize?: number;
  readonly insecureHTTPParser?: boolean;
}

/**
 * Lets an HTTP server accept verbs that Node's parser refuses: requests with LIST, CREATE, UPDATE, DESCRIBE and CALL
 * reach its handlers as POST, `verbOf` names the verb. Connections that cannot be read are answered and closed; this
 * replaces all 'clientError' listeners. To be called once, before the server listens (it must listen itself, or Node
 * checks no time-outs) and after a framework has added its listeners; Fastify must be given an address to listen on,
 * because for 'localhost' it makes further servers. Throws for a server with a lenient parser.
 */
export function acceptCustomVerbs(
  server: Server,
  { fastPath, malformed = malformedAnswer }: CustomVerbOptions = {},
): void {
  const kept: ServerOptionsKept = server as ServerOptionsKept;
  if (kept.insecureHTTPParser === true) throw new TypeError('Custom verbs need the strict HTTP parser');
  const settings: FramedSocketSettings = {
    maxHead: kept.maxHeaderSize || maxHeaderSize,
    upgrades: () => server.listenerCount('upgrade') > 0,
    refuse: (socket) => refuseConnection(undefined, socket, malformed),
    ...(fastPath ? { fastPath: (request) => (server.listening ? fastPath(request) : undefined) } : {}),
    keepAlive: () => `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(server.keepAliveTimeout / 1000)}`,
  };
  const accepted = server instanceof TlsServer ? 'secureConnection' : 'connection';
  const listeners = server.listeners(accepted) as ((this: Server, socket: FramedSocket) => void)[];
  server.removeAllListeners(accepted);
  const open = new Set<FramedSocket>();
  server.on(accepted, (raw: Socket) => {
    const socket = new FramedSocket(raw, settings);
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
    if (socket instanceof FramedSocket) refuseConnection(error, socket, malformed);
    else (socket as Socket).destroy();
  });
}

/** The verb of a request as the client sent it, in upper case: LIST, GET, POST … */
export function verbOf(request: RequestWithVerb): string {
  const method = request.method ?? '';
  return request[VERB] ?? (framedSocketOf(request) && verbOfStandIn(method)) ?? method;
}

function noteRequest(request: RequestWithVerb, response: ServerResponse): void {
  const socket = framedSocketOf(request);
  if (socket === undefined || request[VERB] !== undefined) return;
  const method = request.method ?? '';
  const verb = verbOfStandIn(method);
  request[VERB] = verb ?? method;
  if (verb !== undefined) request.method = 'POST';
  if (socket.note(response)) return;
  // The parser read more requests than the framer let through: nobody shall serve what nobody asked for.
  socket.destroy();
  request[VERB] = request.method = 'CONNECT';
}

function framedSocketOf(request: IncomingMessage): FramedSocket | undefined {
  const socket: unknown = request.socket;
  return socket instanceof FramedSocket ? socket : undefined;
}
