/** What is at fault with one field of a request; the field is empty where it is the request as a whole. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly text: string;
}

interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly request?: string;
  readonly errors?: readonly FieldError[];
}

/** An answer of the API that is an error (RFC 9457), or no answer at all: then the status is 0. */
export class Problem extends Error {
  readonly status: number;
  /** The last word of its type: `invalid`, `conflict`, `forbidden`. */
  readonly kind: string;
  readonly title: string;
  /** Id of the request, by which the log and the server's output know it. */
  readonly request: string | undefined;
  readonly errors: readonly FieldError[];

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `The server answers ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.kind = (body.type ?? '').split('/').at(-1) ?? '';
    this.title = body.title ?? 'The request has failed';
    this.request = body.request;
    this.errors = body.errors ?? [];
  }

  /** Whether the server, or the way to it, is away for now. */
  get isAway(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** What is said about one field, in one text. */
  of(field: string): string | undefined {
    const texts = this.errors.filter((error) => error.field === field).map(({ text }) => text);
    return texts.length > 0 ? texts.join('; ') : undefined;
  }
}

/** The problem an answer tells. */
export async function problemIn(response: Response): Promise<Problem> {
  const text = await response.text();
  const request = response.headers.get('Contractor-Request') ?? undefined;
  try {
    const body = JSON.parse(text) as ProblemBody;
    return new Problem(response.status, request === undefined ? body : { request, ...body });
  } catch {
    // What is no JSON comes from something between page and server, and is told as it is.
    return new Problem(response.status, {
      title: response.statusText,
      detail: text.slice(0, 500) || response.statusText,
    });
  }
}

/** Any error as a text for people. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
