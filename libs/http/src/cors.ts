import type { HttpHandler } from './http-exchange.ts';

type Headers = Readonly<Record<string, string>>;

/** Which headers of a protocol web pages are concerned with. */
export interface CorsNames {
  /** Headers a page may send. */
  readonly accepted: readonly string[];
  /** Headers of answers a page may read. */
  readonly exposed: readonly string[];
}

/**
 * A handler that web pages of other origins may use, by the CORS protocol (WHATWG Fetch, section 3.2); every answer says so.
 * @param origins who may (`https://ui.example.org`); `*` for all. With none, the handler is as it was
 */
export function withCors(
  handle: HttpHandler,
  origins: readonly string[],
  { accepted, exposed }: CorsNames,
): HttpHandler {
  if (origins.length === 0) return handle;
  const may = (origin: string | undefined): origin is string =>
    origin !== undefined && (origins.includes('*') || origins.includes(origin));
  const about = (verb: string, origin: string | undefined, allow: string | undefined): Headers => ({
    Vary: 'Origin',
    ...(may(origin)
      ? {
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Expose-Headers': exposed.join(', '),
          'Access-Control-Allow-Credentials': 'true',
        }
      : {}),
    ...(verb === 'OPTIONS' && allow !== undefined
      ? { 'Access-Control-Allow-Methods': allow, 'Access-Control-Allow-Headers': accepted.join(', ') }
      : {}),
  });
  return async (request) => {
    const answer = await handle(request);
    if (!answer) return undefined;
    const { headers } = answer;
    return { ...answer, headers: { ...headers, ...about(request.verb, request.header('origin'), headers['Allow']) } };
  };
}
