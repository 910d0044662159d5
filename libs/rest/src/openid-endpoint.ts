import { parseCookie, stringifySetCookie } from 'cookie';
import type { HttpAnswer, HttpRequest } from '#http';
import type { Answer } from './answer.ts';
import { queryOf, ROOT } from './paths.ts';
import { Problem } from './problem.ts';
import { checkQuery } from './query.ts';
import { SIGN_IN_PAGE } from './sign-in-page.ts';

/** What a browser is given to bring back, and for how many seconds. */
export interface KeptByBrowser {
  readonly kept: string;
  readonly seconds: number;
}

/** What went wrong, sealed, and the page to go on to nevertheless. */
export interface OpenIdFailure {
  readonly failed: KeptByBrowser;
  readonly returnTo: string;
}

/** A provider of OpenID Connect that browsers sign in by. */
export interface OpenIdSignIns {
  readonly name: string;
  readonly label: string;
  /** Where a browser is sent to sign in; or what went wrong, to be told on the sign-in page. */
  begin(
    redirectUri: string,
    returnTo: string,
  ): Promise<(KeptByBrowser & { readonly location: string }) | OpenIdFailure>;
  /** Lets in who has come back with a query. @param kept what the browser was given */
  finish(
    query: string,
    kept: string | undefined,
    asked: { readonly id: string; readonly source: string },
  ): Promise<SignedIn | OpenIdFailure>;
  /** Seals what is to be told on the sign-in page. */
  refuse(words: string): Promise<KeptByBrowser>;
  /** What went wrong, by what the browser was given; undefined: nothing, or it is no news any more. */
  words(kept: string): Promise<string | undefined>;
}

/** Somebody who was let in, with the page they came from. */
export interface SignedIn {
  readonly user: string;
  readonly token: string;
  readonly returnTo: string;
}

/** Holds what a browser brings back from the provider, or to the sign-in page. */
const COOKIE = 'contractor_openid';

/** The cookie is sent when the provider sends the browser back, which makes it come from elsewhere. */
const cookie = (value: string, maxAge: number, secure: boolean): string =>
  stringifySetCookie({
    name: COOKIE,
    value,
    path: `${ROOT}session`,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge,
  });

const isSecure = ({ secure }: HttpRequest): boolean => secure === true;

/** What a browser brings back; undefined: nothing. */
export const keptIn = (request: HttpRequest): string | undefined =>
  parseCookie(request.header('cookie') ?? '')[COOKIE] || undefined;

/** Takes back what a browser was given. */
export const nothingKept = (request: HttpRequest): string => cookie('', 0, isSecure(request));

/** The page to go on to; the first one where what was asked for is not a page of this server. */
export function pageOf(asked: string | null): string {
  const HERE = 'http://here.invalid';
  if (!asked?.startsWith('/') || asked.length > 2000 || !URL.canParse(asked, HERE)) return '/';
  const { origin, pathname, search, hash } = new URL(asked, HERE);
  // What is left may begin with two slashes, which would be another server.
  const page = `${pathname.replace(/^\/{2,}/, '/')}${search}${hash}`;
  return origin === HERE ? page : '/';
}

/** What stands behind `/api/rest/session/openid/`: `<name>`, or `<name>/callback`; undefined: nothing does. */
export function openIdPath(path: string): { readonly name: string; readonly back: boolean } | undefined {
  const [, name, back] = /^\/api\/rest\/session\/openid\/([^/]+)(\/callback)?$/.exec(path) ?? [];
  return name === undefined ? undefined : { name, back: back !== undefined };
}

type Redirect = Answer & Required<Pick<HttpAnswer, 'cookies'>>;

const redirect = (location: string, ...cookies: readonly string[]): Redirect => ({
  status: 302,
  headers: { Location: location },
  cookies,
});

/** Sends a browser to the sign-in page, with what is to be told there. */
const backToSignIn = (request: HttpRequest, returnTo: string, { kept, seconds }: KeptByBrowser): Redirect =>
  redirect(`${SIGN_IN_PAGE}?to=${encodeURIComponent(returnTo)}`, cookie(kept, seconds, isSecure(request)));

/** Sends a browser to the provider. @param refused why nobody signs in from where it is; null: they do */
export async function beginOpenId(
  request: HttpRequest,
  provider: OpenIdSignIns,
  refused: string | null,
): Promise<Redirect> {
  const query = queryOf(request.target);
  checkQuery(query, ['to']);
  const returnTo = pageOf(query.get('to'));
  if (refused !== null) return backToSignIn(request, returnTo, await provider.refuse(refused));
  const host = request.forwardedHost ?? request.header('host');
  const base = `${isSecure(request) ? 'https' : 'http'}://${host}`;
  if (host === undefined || !URL.canParse(base)) throw new Problem('malformed', 'The request names no host.');
  const begun = await provider.begin(
    `${new URL(base).origin}${ROOT}session/openid/${provider.name}/callback`,
    returnTo,
  );
  if ('failed' in begun) return backToSignIn(request, returnTo, begun.failed);
  return redirect(begun.location, cookie(begun.kept, begun.seconds, isSecure(request)));
}

/** Lets in who comes back from the provider. @param sessionOf the cookie of their session */
export async function finishOpenId(
  request: HttpRequest,
  provider: OpenIdSignIns,
  id: string,
  sessionOf: (signedIn: SignedIn) => Promise<string>,
): Promise<Redirect> {
  const query = queryOf(request.target).toString();
  const done = await provider.finish(query, keptIn(request), { id, source: request.source });
  if ('failed' in done) return backToSignIn(request, pageOf(done.returnTo), done.failed);
  return redirect(done.returnTo, await sessionOf(done), nothingKept(request));
}
