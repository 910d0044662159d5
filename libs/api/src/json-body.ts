import type { IncomingMessage } from 'node:http';
import { parseJson } from '#kernel';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** How deep JSON may be nested; nothing the API takes comes near it, and what reads it further on may recurse. */
const DEEPEST = 100;

/** The client went away before its request was complete: there is nobody to answer. */
export class ClientGone extends Error {}

/** A body that is of no use; the text says why. */
export class UnusableBody extends Error {
  readonly rule: 'TOO_LARGE' | 'TYPE' | 'MALFORMED';

  constructor(rule: UnusableBody['rule'], text: string) {
    super(text);
    this.name = 'UnusableBody';
    this.rule = rule;
  }
}

/**
 * The JSON in the body of a request; undefined where there is none, and for `null`. What comes beyond `limit` bytes is
 * read and dropped, so that clients that write first and read later get their answer.
 * @throws UnusableBody, ClientGone
 */
export async function readJson(
  request: IncomingMessage,
  { limit, types = ['application/json'] }: { readonly limit: number; readonly types?: readonly string[] },
): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  const text = decoded(await readBytes(request, limit));
  if (text.trim() === '') return undefined;
  const type = mediaType(request) ?? 'application/json';
  if (!types.includes(type.toLowerCase())) throw new UnusableBody('TYPE', `Unknown Content-Type "${type}"`);
  const data = parsed(text);
  const flaw = flawOf(data, DEEPEST);
  if (flaw !== undefined) throw new UnusableBody('MALFORMED', flaw);
  return data ?? undefined;
}

/** Whether a body comes with a request (RFC 9112, section 6.3). */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** What the body of a request is said to be, without parameters. */
export const mediaType = (request: IncomingMessage): string | undefined =>
  request.headers['content-type']?.split(';')[0]?.trim();

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new UnusableBody('MALFORMED', (error as Error).message);
  }
}

function decoded(bytes: Buffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new UnusableBody('MALFORMED', 'not valid UTF-8');
  }
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(new UnusableBody('TOO_LARGE', `Request body is larger than ${limit} bytes`));
    });
    const gone = (): void => {
      if (!request.complete) reject(new ClientGone());
    };
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', gone);
    request.once('close', gone);
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
