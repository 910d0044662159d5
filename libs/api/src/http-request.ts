import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A new id for a request, as it stands in the log: 32 hexadecimal digits. */
export const newRequestId = (): string => randomUUID().replaceAll('-', '');

/** A header of a request, by its name in lower case; the first where there are several. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'object' ? value[0] : value;
}

/** The address a request comes from. */
export const sourceOf = (request: IncomingMessage): string =>
  (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
