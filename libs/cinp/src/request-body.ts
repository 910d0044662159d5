import type { IncomingMessage } from 'node:http';
import { wrong } from './answer.ts';

/** How deep JSON may be nested; nothing the API takes comes near it, and what reads it further on may recurse. */
const DEEPEST = 100;

/** The client went away before its request was complete: there is nobody to answer. */
export class ClientGone extends Error {}

/** The data of a request; undefined where there is none, and for `null`. @throws Rejected */
export async function readData(request: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  const text = decoded(bytes);
  if (text.trim() === '') return undefined;
  const [type = ''] = (request.headers['content-type'] ?? 'application/json').split(';');
  if (type.trim().toLowerCase() !== 'application/json') throw wrong(`Unknown Content-Type "${type.trim()}"`);
  const data = parsed(text);
  const flaw = flawOf(data, DEEPEST);
  if (flaw !== undefined) throw unparsable(flaw);
  return data ?? undefined;
}

const unparsable = (why: string): Error => wrong(`Error Parsing JSON Request data: "${why}"`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unparsable((error as Error).message);
  }
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unparsable('not valid UTF-8');
  }
}

/** What comes beyond the limit is read and dropped, so that clients that write first and read later get their answer. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(wrong(`Request body is larger than ${limit} bytes`));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => reject(new ClientGone()));
    request.once('close', () => reject(new ClientGone()));
  });
}

/** What makes data unusable though it is JSON: depth, and the one character no text of the log can hold. */
function flawOf(data: unknown, depth: number): string | undefined {
  if (typeof data === 'string') return data.includes('\0') ? 'text with a NUL character' : undefined;
  if (data === null || typeof data !== 'object') return undefined;
  if (depth === 0) return 'nested too deeply';
  for (const part of Object.entries(data).flat()) {
    const flaw = flawOf(part, depth - 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}
