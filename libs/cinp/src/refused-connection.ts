import type { FrontSocket } from './front-socket.ts';

/** How long a refused client may go on sending before the connection is cut, in milliseconds; cut at once, it would lose the answer. */
const LINGER = 1000;

const MESSAGES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'Request Timeout',
  HPE_INVALID_EOF_STATE: 'Incomplete Request',
};

/**
 * Ends a connection whose requests can no longer be read: the requests before the doubtful one get their answers, then
 * the client is told why in the shape of an API error, as far as no other answer is on the wire.
 */
export function refuseConnection(error: NodeJS.ErrnoException | undefined, socket: FrontSocket): void {
  if (!socket.writable) return socket.destroySoon();
  if (socket.refused) return;
  socket.refused = true;
  const message = socket.framer.refusal ?? MESSAGES[error?.code ?? ''] ?? 'Malformed Request';
  answerInTurn(socket, message);
}

function answerInTurn(socket: FrontSocket, message: string): void {
  const before = socket.responses.findLast(({ req, writableFinished }) => req.complete && !writableFinished);
  if (before !== undefined) {
    before.once('close', () => answerInTurn(socket, message));
    return;
  }
  const doubtful = socket.responses.findLast(({ req }) => !req.complete);
  if (!socket.writable || doubtful?.headersSent === true) return socket.destroySoon();
  socket.end(answer(message));
  socket.raw.resume();
  const cut = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.once('close', () => clearTimeout(cut));
}

function answer(message: string): string {
  const body = `{"message": ${JSON.stringify(message)}}`;
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Cinp-Version: 1.0',
    'Content-Type: application/json;charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
