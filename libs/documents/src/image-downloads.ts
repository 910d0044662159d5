import path from 'node:path';
import { send } from '@fastify/send';
import type { HttpAnswer, HttpRequest, ProtocolAdapter } from '#http';
import type { ImageFile } from '#images';
import { IMAGE_PATH } from '#images';
import { plain } from './answers.ts';

/** How many files are sent at once in one process. */
const MAX_SENT = 256;
/** For how long others may keep a file, in milliseconds: what has a checksum never changes. */
const KEPT_MS = 365 * 86_400_000;

export interface ImageDownloadOptions {
  readonly find: (sha256: string) => Promise<ImageFile | undefined>;
  /** Why a file is not there that an image has; undefined: no image has it. */
  readonly missing: (sha256: string) => Promise<string | undefined>;
}

/**
 * Gives out the files of images by their SHA-256, parts of them too, to everybody: machines fetch them before anybody knows
 * them, and there are no secrets in them.
 */
export class ImageDownloads {
  readonly #options: ImageDownloadOptions;
  #sending = 0;

  constructor(options: ImageDownloadOptions) {
    this.#options = options;
  }

  get adapter(): ProtocolAdapter {
    return {
      name: 'images',
      paths: new RegExp(`^/+${IMAGE_PATH.slice(1)}`),
      handle: (request) => this.#answer(request),
      streams: true,
    };
  }

  async #answer(request: HttpRequest): Promise<HttpAnswer> {
    if (request.verb !== 'GET' && request.verb !== 'HEAD') {
      const answer = plain(405, `${request.verb} is not answered here`);
      return { ...answer, headers: { ...answer.headers, Allow: 'GET, HEAD' } };
    }
    const sha256 = request.target.replace(/[?#].*$/s, '').replace(/^\/+[^/]*\//, '');
    const found = await this.#options.find(sha256);
    if (!found) {
      const missing = await this.#options.missing(sha256);
      return missing === undefined ? plain(404, 'no image has this file') : plain(503, missing);
    }
    if (this.#sending >= MAX_SENT) {
      const answer = plain(503, `${MAX_SENT} files are being sent already`);
      return { ...answer, headers: { ...answer.headers, 'Retry-After': '10' } };
    }
    return this.#send(request, found);
  }

  async #send({ verb, header }: HttpRequest, { file }: ImageFile): Promise<HttpAnswer> {
    const asked = { method: verb, headers: headersOf(header) } as unknown as Parameters<typeof send>[0];
    const { statusCode, headers, stream } = await send(asked, `/${path.basename(file)}`, {
      root: path.dirname(file),
      index: false,
      maxAge: KEPT_MS,
      immutable: true,
    });
    this.#sending += 1;
    stream.once('close', () => (this.#sending -= 1));
    return {
      status: statusCode,
      headers: { ...headers, 'Content-Type': 'application/octet-stream' },
      source: stream,
    };
  }
}

/** The headers that say which part of a file is wanted, and in which case. */
const CONDITIONS = ['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

function headersOf(header: HttpRequest['header']): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of CONDITIONS) {
    const value = header(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
