import type { Action, ApiService } from '#api';
import { ClientGone, newRequestId, readJson } from '#http';
import type { HttpAnswer, HttpHandler, HttpRequest } from '#http';
import type { Caller, Principal } from '#kernel';
import type { Answer } from './answer.ts';
import { onTheWire, problemAnswer } from './answer.ts';
import type { Identify } from './headers.ts';
import { callerOf, headerSessionIn } from './headers.ts';
import type { OpenIdSignIns } from './openid-endpoint.ts';
import { beginOpenId, finishOpenId, keptIn, nothingKept, openIdPath } from './openid-endpoint.ts';
import { pathOf, ROOT } from './paths.ts';
import { isPrivate, PLAIN_REFUSED, PLAIN_WARNING } from './plain-sign-in.ts';
import { malformed, Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { demandOwnPage, demandSameOrigin } from './same-origin.ts';
import { cookieSessionIn, noSessionCookie, sessionCookie } from './session-cookie.ts';

/** The largest body of a request to sign in, in bytes. */
const MAX_BODY = 16 * 1024;
const ALLOW = { Allow: 'GET, HEAD, POST, DELETE, OPTIONS' };
const ALLOW_READ = { Allow: 'GET, HEAD, OPTIONS' };
const NO_STORE = { 'Cache-Control': 'no-store' };

export interface SessionAdapterOptions {
  readonly api: ApiService;
  readonly identify: Identify;
  /** The actions that open a session (`username`, `password` → its token) and end that of the caller. */
  readonly login: Action;
  readonly logout: Action;
  /** When the session of somebody ends, ISO 8601; undefined: it does not. */
  readonly expiresOf: (principal: Principal) => Promise<string | undefined>;
  /** The provider that browsers may sign in by; undefined: there is none. */
  readonly openId?: OpenIdSignIns | undefined;
  /** All permissions there are. */
  readonly permissions: () => Iterable<string>;
  /** Whether signing in over plain HTTP is allowed from other machines. */
  readonly plainSignIn: boolean;
  readonly log: { error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void };
}

/** An answer with the cookies it sets. */
type SessionAnswer = Answer & Pick<HttpAnswer, 'cookies'>;

/**
 * Answers `/api/rest/session`, where browsers sign in and out: the token of the session is in a cookie that no script
 * can read.
 */
export class SessionAdapter {
  readonly #options: SessionAdapterOptions;

  constructor(options: SessionAdapterOptions) {
    this.#options = options;
  }

  readonly handle: HttpHandler = async (request) => {
    const visit = { path: pathOf(request.target), id: newRequestId() };
    const reply = ({ headers, cookies, ...answer }: SessionAnswer): HttpAnswer => ({
      ...onTheWire({ ...answer, headers: { ...NO_STORE, ...headers, 'Contractor-Request': visit.id } }),
      cookies,
    });
    try {
      return reply(await this.#answer(request, visit.id));
    } catch (error) {
      if (error instanceof ClientGone) return undefined;
      const known = problemOf(error, undefined, this.#options.api.catalogue.refusals);
      if (!known) this.#options.log.error('a request failed', error, { request: visit.id, path: visit.path });
      const problem = known ?? new Problem('internal', `Something went wrong. Reference: ${visit.id}.`);
      return reply(problemAnswer(problem, visit));
    }
  };

  async #answer(request: HttpRequest, id: string): Promise<SessionAnswer> {
    const path = pathOf(request.target);
    if (path !== `${ROOT}session`) return this.#byOpenId(request, id, path);
    switch (request.verb) {
      case 'OPTIONS':
        return { status: 204, headers: ALLOW };
      case 'GET':
      case 'HEAD':
        return this.#tell(request);
      case 'POST':
        return this.#signIn(request, id);
      case 'DELETE':
        return this.#signOut(request, id);
      default:
        throw new Problem('method-not-allowed', `${request.verb} is not answered here.`, { headers: ALLOW });
    }
  }

  /** What stands at the paths of the provider. */
  async #byOpenId(request: HttpRequest, id: string, path: string): Promise<SessionAnswer> {
    const { openId, plainSignIn } = this.#options;
    const asked = openIdPath(path);
    if (!openId || asked?.name !== openId.name) throw new Problem('not-found', `Nothing stands at ${path}.`);
    if (request.verb === 'OPTIONS') return { status: 204, headers: ALLOW_READ };
    if (request.verb !== 'GET' && request.verb !== 'HEAD') {
      throw new Problem('method-not-allowed', `${request.verb} is not answered here.`, { headers: ALLOW_READ });
    }
    if (!asked.back) return beginOpenId(request, openId, plainSignIn || isPrivate(request) ? null : PLAIN_REFUSED);
    return finishOpenId(
      request,
      openId,
      id,
      async ({ user, token }) => (await this.#opened(request, user, token)).cookie,
    );
  }

  /** Who is signed in; a cookie that holds no session any more is taken away. */
  async #tell(request: HttpRequest): Promise<SessionAnswer> {
    const kept = headerSessionIn(request) ? undefined : cookieSessionIn(request);
    if (kept) demandOwnPage(request);
    const principal = kept ? await this.#options.identify(...kept) : (await this.#callerOf(request)).principal;
    const brought = keptIn(request);
    const failed = brought === undefined ? undefined : await this.#options.openId?.words(brought);
    const cookies = [
      ...(kept && !principal ? [noSessionCookie(isSecure(request))] : []),
      // It is told once.
      ...(failed === undefined ? [] : [nothingKept(request)]),
    ];
    return { status: 200, body: await this.#told(request, principal, failed), cookies };
  }

  async #signIn(request: HttpRequest, id: string): Promise<SessionAnswer> {
    const { api, login, plainSignIn } = this.#options;
    demandSameOrigin(request);
    if (!plainSignIn && !isPrivate(request)) throw new Problem('forbidden', PLAIN_REFUSED);
    const { username, password } = credentialsIn(await readJson(request, { limit: MAX_BODY }));
    const caller: Caller = { source: request.source };
    const token = String((await api.callStatic(login, { username, password }, { caller, id })).value);
    const { body, cookie } = await this.#opened(request, username, token);
    return { status: 200, body, cookies: [cookie] };
  }

  /** A session that was opened a moment ago: who it is, and its cookie. */
  async #opened(request: HttpRequest, user: string, token: string) {
    const principal = await this.#options.identify(user, token);
    if (!principal) throw new Problem('not-ready', 'The session was ended as soon as it was opened.');
    const body = await this.#told(request, principal);
    const seconds = (Date.parse(body.expires ?? '') - Date.now()) / 1000;
    return { body, cookie: sessionCookie(user, token, seconds, isSecure(request)) };
  }

  async #signOut(request: HttpRequest, id: string): Promise<SessionAnswer> {
    const { api, identify, logout } = this.#options;
    const kept = headerSessionIn(request) ? undefined : cookieSessionIn(request);
    if (kept) demandOwnPage(request);
    const principal = kept ? await identify(...kept) : (await this.#callerOf(request)).principal;
    if (principal) await api.callStatic(logout, {}, { caller: { principal, source: request.source }, id });
    return { status: 204, ...(kept ? { cookies: [noSessionCookie(isSecure(request))] } : {}) };
  }

  #callerOf(request: HttpRequest): Promise<Caller> {
    return callerOf(request, this.#options.identify);
  }

  /** @param failed what went wrong at the provider */
  async #told(request: HttpRequest, principal: Principal | undefined, failed?: string) {
    const { expiresOf, permissions, plainSignIn, openId } = this.#options;
    const plain = !isPrivate(request);
    const granted = principal?.superuser ? permissions() : (principal?.permissions ?? []);
    return {
      user: principal?.name ?? null,
      superuser: principal?.superuser ?? false,
      permissions: [...granted].toSorted(),
      expires: (principal && (await expiresOf(principal))) ?? null,
      sign_in: {
        password: true,
        openid: openId ? [{ name: openId.name, label: openId.label }] : [],
        /** Why nobody can sign in from where the request came; null: they can. */
        refused: plain && !plainSignIn ? PLAIN_REFUSED : null,
        /** What went wrong a moment ago, at the provider. */
        failed: failed ?? null,
      },
      warnings: plain && plainSignIn ? [PLAIN_WARNING] : [],
    };
  }
}

const isSecure = ({ secure }: HttpRequest): boolean => secure === true;

/** Name and password in a body. @throws Problem */
function credentialsIn(data: unknown): { readonly username: string; readonly password: string } {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw malformed('The body must be a JSON map.');
  const given = data as Readonly<Record<string, unknown>>;
  const errors = [
    ...['username', 'password'].flatMap((field) =>
      typeof given[field] === 'string' ? [] : [{ field, code: 'REQUIRED', text: 'must be a text' }],
    ),
    ...Object.keys(given).flatMap((field) =>
      field === 'username' || field === 'password' ? [] : [{ field, code: 'UNKNOWN', text: 'there is no such field' }],
    ),
  ];
  if (errors.length > 0) {
    const message = errors.map(({ field, text }) => `${field}: ${text}`).join('; ');
    throw new Problem('invalid', message, { errors });
  }
  return { username: String(given['username']), password: String(given['password']) };
}
