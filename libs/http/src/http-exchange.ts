import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BodyStream } from './body-stream.ts';

/** A request of HTTP as protocol adapters see it, however it came. */
export interface HttpRequest {
  /** As the client sent it: GET, LIST, PATCH … */
  readonly verb: string;
  /** As it was sent: the path with its query. */
  readonly target: string;
  /** The address it comes from. */
  readonly source: string;
  /** Whether it came over TLS, to this server or to a trusted proxy; undefined: it did not. */
  readonly secure?: boolean | undefined;
  /** The host its client has asked for, in the words of a trusted proxy; undefined: as in the header Host. */
  readonly forwardedHost?: string | undefined;
  /** Whether a body comes with it (RFC 9112, section 6.3); it may be empty. */
  readonly hasBody: boolean;
  /** A header, by its name in lower case; the first where there are several. */
  header(name: string): string | undefined;
  /**
   * The body, where there is one. What comes beyond `limit` bytes is read and dropped, so that clients that write
   * first and read later get their answer.
   * @throws UnusableBody where it is larger; ClientGone
   */
  body(limit: number): Promise<Buffer>;
  /**
   * The body as it comes, however large it is; what is not read of it is dropped. Only for adapters with `streams`.
   * @throws ClientGone
   */
  chunks?(): AsyncIterable<Buffer>;
}

/** An answer as it goes over the wire. */
export interface HttpAnswer {
  readonly status: number;
  /** In the capitalisation they are sent with: some clients compare names byte by byte. */
  readonly headers: Readonly<Record<string, string>>;
  /** Cookies that are set, each as the value of a header `Set-Cookie`. */
  readonly cookies?: readonly string[] | undefined;
  /** Undefined: there is no body. */
  readonly text?: string | undefined;
  /** A large body that is encoded already, instead of text: it is sent without being copied. */
  readonly bytes?: Buffer | undefined;
  /** A body that goes on, instead: told where it is written once the head is sent. Only for adapters with `streams`. */
  readonly stream?: ((body: BodyStream) => void) | undefined;
  /** A body that is read as fast as the client takes it, instead; its length stands in the headers. Only for adapters with `streams`. */
  readonly source?: Readable | undefined;
}

/** Answers every request; with undefined where there is nobody left to answer. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer | undefined>;

/** A target without scheme and host, which stand before the path in the absolute form (RFC 9112, section 3.2.2). */
export const withoutHost = (target: string): string =>
  target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');

/** A new id for a request, as it stands in the log: 32 hexadecimal digits. */
export const newRequestId = (): string => randomUUID().replaceAll('-', '');
