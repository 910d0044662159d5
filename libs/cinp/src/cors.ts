/** Origins of web pages that may use the API (`https://ui.example.org`); `*` for all. */
export type CorsOrigins = readonly string[];

type Headers = Readonly<Record<string, string>>;

const EXPOSED = [
  'Method, Type, Cinp-Version, Count, Position, Total, Multi-Object, Object-Id, Id-Only',
  'Verb, Content-Length, Contractor-Request, Contractor-Pending',
].join(', ');

const ACCEPTED =
  'Accept, Cinp-Version, Filter, Content-Type, Count, Position, Multi-Object, Id-Only, AUTH-ID, AUTH-TOKEN';

/** What every answer says to a page of another origin; nothing where that origin may not use the API. */
export function corsHeaders(origins: CorsOrigins | undefined, origin: string | undefined): Headers {
  if (!origins) return {};
  if (origin === undefined) return { Vary: 'Origin' };
  if (!origins.includes('*') && !origins.includes(origin)) return { Vary: 'Origin' };
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': EXPOSED,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
}

/** What the answer to OPTIONS says besides: which verbs and headers a page may send. */
export const preflightHeaders = (verbs: string): Headers => ({
  'Access-Control-Allow-Methods': verbs,
  'Access-Control-Allow-Headers': ACCEPTED,
});
