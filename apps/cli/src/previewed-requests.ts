import type { Values } from './rest-client.ts';

/** A request that changes something. */
export interface ChangingRequest {
  readonly method: string;
  readonly path: string;
  /** Values, or JSON as text, which is sent as it is. */
  readonly body?: Values | string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request as it is. @throws Refused */
type Send = (
  method: string,
  path: string,
  body?: Values | string,
  headers?: Readonly<Record<string, string>>,
) => Promise<{ readonly body: Values }>;

const MAKE = 'Records/Preview/make';

/** A request as one of a batch, in JSON. */
function written({ method, path, body, headers }: ChangingRequest): string {
  const of = body === undefined ? '' : `,"body":${typeof body === 'string' ? body : JSON.stringify(body)}`;
  return `{"method":${JSON.stringify(method)},"path":${JSON.stringify(path)},"headers":${JSON.stringify(headers)}${of}}`;
}

/**
 * The requests of one command that are only previewed: together, each with those before it, and answered as they would be.
 * What the command looks up in between is as it is without them.
 */
export class PreviewedRequests {
  readonly #send: Send;
  readonly #requests: ChangingRequest[] = [];
  #report: Values | undefined;
  /** How many of the requests the report is about. */
  #reported = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  /**
   * Takes a request up.
   * @returns how it would be answered; undefined: it changes nothing, and is to be sent
   * @throws Refused as the request itself would be
   */
  async add(request: ChangingRequest): Promise<Values | undefined> {
    this.#requests.push(request);
    // Nothing is told in the answer to that, so it need not be known yet.
    if (request.method === 'DELETE') return {};
    try {
      const { requests = [] } = (await this.#make()) as { readonly requests?: readonly { readonly body?: Values }[] };
      return requests.at(-1)?.body ?? {};
    } catch (error) {
      this.#requests.pop();
      if ((error as { readonly codes?: readonly string[] }).codes?.includes('NO_CHANGE') === true) return undefined;
      throw error;
    }
  }

  /** What all of them would do; undefined: there are none. */
  async report(): Promise<Values | undefined> {
    if (this.#requests.length > this.#reported) await this.#make();
    return this.#report;
  }

  async #make(): Promise<Values> {
    const [only, ...more] = this.#requests;
    if (!only) throw new Error('there is nothing to preview');
    const made =
      more.length === 0
        ? (await this.#send(only.method, previewing(only.path), only.body, only.headers)).body
        : ((await this.#send('POST', MAKE, `{"requests":[${this.#requests.map(written).join()}]}`)).body[
            'value'
          ] as Values);
    const former = this.#report?.['id'];
    this.#report = made;
    this.#reported = this.#requests.length;
    // It is in the new one.
    if (typeof former === 'string') await this.#send('POST', 'Records/Preview/discard', { id: former });
    return made;
  }
}

const previewing = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}preview=true`;
