import { request as open } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** A reply as a browser gets it. */
export interface WebReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the answer sets as the cookie of the session, with its attributes. */
  readonly set: string | undefined;
}

export interface WebRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly cookie?: string | undefined;
}

/** Sends a request with headers that no `fetch` sends as they are, and follows nothing. */
export const ask = (url: string, method: string, { headers = {}, body, cookie }: WebRequest = {}): Promise<WebReply> =>
  new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const outgoing = open(
      url,
      {
        method,
        agent: false,
        headers: {
          ...(payload === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': payload.length }),
          ...(cookie === undefined ? {} : { Cookie: cookie }),
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
            set: response.headers['set-cookie']?.find((one) => one.startsWith('contractor_session=')),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });

/** A cookie as it is sent back. */
export const sentBack = (set: string | undefined): string => (set ?? '').split(';')[0] ?? '';
