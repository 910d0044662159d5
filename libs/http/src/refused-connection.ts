import { STATUS_CODES } from 'node:http';
import type { FramedSocket } from './framed-socket.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { plainProblem } from './plain-problem.ts';

/** How long a refused client may go on sending before the connection is cut, in milliseconds; cut at once, it would lose the answer. */
const LINGER_MS = 1000;

const MESSAGES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'Request Timeout',
  HPE_INVALID_EOF_STATE: 'Incomplete Request',
};

/**
 * Ends a connection whose requests can no longer be read: the requests before the doubtful one get their answers, then
 * the client is told why, as far as no other answer is on the wire.
 * @param malformed the answer to a request that cannot be read, by the reason
 */
export function refuseConnection(
  error: NodeJS.ErrnoException | undefined,
  socket: FramedSocket,
  malformed: (reason: string) => HttpAnswer,
): void {
  if (!socket.writable) return socket.destroySoon();
  if (socket.refused) return;
  socket.refused = true;
  const reason = socket.framer.refusal ?? MESSAGES[error?.code ?? ''] ?? 'Malformed Request';
  answerInTurn(socket, textOf(malformed(reason)));
}

function answerInTurn(socket: FramedSocket, answer: string): void {
  const before = socket.responses.findLast(({ req, writableFinished }) => req.complete && !writableFinished);
  if (before !== undefined) {
    before.once('close', () => answerInTurn(socket, answer));
    return;
  }
  const doubtful = socket.responses.findLast(({ req }) => !req.complete);
  if (!socket.writable || doubtful?.headersSent === true) return socket.destroySoon();
  socket.end(answer);
  socket.raw.resume();
  const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(cut));
}

/** The answer to a request that cannot be read, unless a protocol has one of its own. */
export const malformedAnswer = (reason: string): HttpAnswer => plainProblem(400, reason);

function textOf({ status, headers, text = '' }: HttpAnswer): string {
  const fields = { ...headers, 'Content-Length': String(Buffer.byteLength(text)), Connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${lines.join('')}\r\n${text}`;
}
