import { Forbidden, may } from '#api';
import type { Permission } from '#api';
import type { HttpAnswer, HttpRequest } from '#http';
import type { Caller } from '#kernel';
import type { Answer } from './answer.ts';
import type { EndpointOptions } from './answer-request.ts';
import { answerRequest } from './answer-request.ts';
import { pathOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';

/** Where files are sent to: each at the path that ends in its SHA-256. */
export const UPLOAD_PATHS = /^\/+api\/rest\/images\/[^/?#]*(?:\?|$)/;

const VERBS = ['PUT', 'HEAD'];
/** What the codes of refusals come to. */
const REFUSALS = { TOO_LARGE: 'too-large', BUSY: 'busy' } as const;

/** A file that has come. */
export interface UploadedFile {
  readonly size: number;
}

export interface FileUploadOptions extends EndpointOptions {
  readonly permission: Permission;
  /** A file that is there already; undefined: it is not. */
  readonly find: (sha256: string) => Promise<UploadedFile | undefined>;
  /** Takes a file in. @throws Refusal where it is not taken */
  readonly receive: (
    announced: { readonly sha256: string; readonly length: number },
    chunks: AsyncIterable<Buffer>,
  ) => Promise<UploadedFile>;
}

/**
 * Answers `PUT /api/rest/images/<sha256>`: takes in a file as it comes, however large it is. `HEAD` tells whether it is
 * there already, so that nobody has to send it again.
 */
export class FileUpload {
  readonly #options: FileUploadOptions;

  constructor(options: FileUploadOptions) {
    this.#options = options;
  }

  readonly handle = (request: HttpRequest): Promise<HttpAnswer | undefined> =>
    answerRequest(request, { ...this.#options, verbs: VERBS, refusals: REFUSALS }, async (caller, reply) =>
      reply(await this.#answer(request, caller)),
    );

  async #answer(request: HttpRequest, caller: Caller): Promise<Answer> {
    if (!may(caller, this.#options.permission)) throw new Forbidden();
    const sha256 = pathOf(request.target).split('/').at(-1) ?? '';
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw malformed('The path has to end in the SHA-256 of the file: 64 hexadecimal digits in lower case.');
    }
    if (request.verb === 'HEAD') {
      if (!(await this.#options.find(sha256))) throw new Problem('not-found', `There is no file ${sha256}.`);
      return { status: 200 };
    }
    const length = Number(request.header('content-length') ?? Number.NaN);
    if (!Number.isSafeInteger(length) || !request.chunks) {
      throw malformed('The length of the file has to be told before it comes.', 'Content-Length', 'REQUIRED');
    }
    const { size } = await this.#options.receive({ sha256, length }, request.chunks());
    return { status: 200, body: { sha256, size } };
  }
}
