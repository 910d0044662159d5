import { parseCookie, stringifySetCookie } from 'cookie';
import type { HttpRequest } from '#http';

/** The cookie in which a browser keeps its session: the name of the user and the token, with a colon between. */
export const SESSION_COOKIE = 'contractor_session';

/** Name and token of the session in the cookie of a request; undefined where it has none. */
export function cookieSessionIn(
  request: Pick<HttpRequest, 'header'>,
): readonly [id: string, token: string] | undefined {
  const header = request.header('cookie');
  const value = header === undefined ? undefined : parseCookie(header)[SESSION_COOKIE];
  if (value === undefined || value === '') return undefined;
  const colon = value.lastIndexOf(':');
  return [value.slice(0, Math.max(0, colon)), value.slice(colon + 1)];
}

/** Sets a cookie that pages of this server alone send back, and no script can read. */
const cookie = (value: string, secure: boolean, maxAge: number): string =>
  stringifySetCookie({ name: SESSION_COOKIE, value, path: '/', httpOnly: true, sameSite: 'strict', secure, maxAge });

/** The cookie of a new session. @param seconds until it ends @param secure whether it is sent over TLS only */
export const sessionCookie = (user: string, token: string, seconds: number, secure: boolean): string =>
  cookie(`${user}:${token}`, secure, Math.max(0, Math.floor(seconds)));

/** Takes the cookie away. */
export const noSessionCookie = (secure: boolean): string => cookie('', secure, 0);
