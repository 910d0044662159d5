import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

/** The largest file that is fetched, in bytes. */
export const MAX_FILE_BYTES = 20 * 2 ** 30;
/** How long a source may be silent, in milliseconds. */
export const SILENCE_MS = 60_000;

export interface DownloadLimits {
  readonly signal: AbortSignal;
  readonly maxBytes?: number;
  readonly silenceMs?: number;
}

/**
 * Fetches what is found at a URL (`http:`, `https:` or `file:`, a file of the agent) into a file, piece by piece.
 * @returns its size in bytes @throws Error with what went wrong; the reason of the signal
 */
export async function download(source: string, into: string, limits: DownloadLimits): Promise<number> {
  const { signal, maxBytes = MAX_FILE_BYTES, silenceMs = SILENCE_MS } = limits;
  if (!URL.canParse(source)) throw new Error(`${JSON.stringify(source)} is no URL`);
  const url = new URL(source);
  const name = nameOf(url);
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(new Error(`${name} was silent for ${silenceMs / 1000} s`)), silenceMs);
  const either = AbortSignal.any([signal, silent.signal]);
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      size += chunk.length;
      if (size > maxBytes) done(new Error(`${name} is larger than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  try {
    const content = await contentOf(url, name, either);
    await pipeline(content, counted, createWriteStream(into, { mode: 0o600 }), { signal: either });
    return size;
  } catch (error) {
    if (either.aborted) throw either.reason;
    const cause = causeOf(error);
    throw cause === undefined ? error : new Error(`${name} cannot be fetched: ${cause}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A URL as messages show it: without the password and the parameters it may have. */
const nameOf = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;

/** What `fetch` hides behind an error that says nothing. */
const causeOf = (error: unknown): string | undefined => {
  const { cause } = error as { readonly cause?: { readonly message?: string; readonly code?: string } };
  return cause?.message || cause?.code;
};

async function contentOf(url: URL, name: string, signal: AbortSignal): Promise<Readable> {
  if (url.protocol === 'file:') {
    const file = fileURLToPath(url);
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      throw new Error(error.code === 'ENOENT' ? `${name} is not there` : error.message);
    });
    if (!found.isFile()) throw new Error(`${name} is no file`);
    return createReadStream(file);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`${name}: a source is at http:, https: or file:, and not at ${url.protocol}`);
  }
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers: Record<string, string> =
    login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const response = await fetch(plain, { signal, headers });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${name} answered with status ${response.status}`);
  }
  return Readable.fromWeb(response.body);
}
