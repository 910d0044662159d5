import type { Caller, Principal } from '#kernel';
import type { HttpRequest } from '#http';
import { createHash } from 'node:crypto';
import type { ApiService } from '#api';
import { toPosition } from '#api';
import { malformed } from './problem.ts';
import { unauthenticated } from './problem-of.ts';
import { demandOwnPage } from './same-origin.ts';
import { cookieSessionIn } from './session-cookie.ts';

/** Who a session belongs to; undefined where there is no such session. */
export type Identify = (id: string, token: string) => Promise<Principal | undefined>;

/** Name and token that stand in headers; undefined where there are none. @throws Problem */
export function headerSessionIn(request: HttpRequest): readonly [id: string, token: string] | undefined {
  const authorization = request.header('authorization');
  if (authorization === undefined) {
    const id = request.header('auth-id');
    const token = request.header('auth-token');
    return id && token ? [id, token] : undefined;
  }
  const bearer = /^Bearer +(.+):([^:\s]+)\s*$/i.exec(authorization);
  if (!bearer) throw unauthenticated('Authorization must be "Bearer <user>:<token>".');
  return [bearer[1] ?? '', bearer[2] ?? ''];
}

/**
 * Name and token of the session a request was sent with; undefined where there is none. Where headers name one, a cookie
 * is not looked at. @throws Problem
 */
function sessionIn(request: HttpRequest): readonly [id: string, token: string] | undefined {
  const named = headerSessionIn(request);
  if (named) return named;
  const kept = cookieSessionIn(request);
  if (kept) demandOwnPage(request);
  return kept;
}

/** Who asks: the person of the session, or anybody where there is none. @throws Problem where it is no session */
export async function callerOf(request: HttpRequest, identify: Identify): Promise<Caller> {
  const { source } = request;
  const session = sessionIn(request);
  if (!session) return { source };
  const principal = await identify(...session);
  if (!principal) throw unauthenticated('The session is not valid, or not any more.');
  return { principal, source };
}

/** Waits until answers show what the header Contractor-Position names, in the words of an earlier answer. @throws Problem */
export async function catchUp(request: HttpRequest, api: ApiService): Promise<void> {
  const header = request.header('contractor-position');
  if (header === undefined) return;
  const position = toPosition(header);
  if (position === undefined)
    throw malformed('Contractor-Position must be a position of the log.', 'Contractor-Position');
  await api.catchUpTo(position);
}

/** The longest reason and the longest key a request may be sent with, in characters. */
const MAX_LENGTH = { reason: 1000, key: 255 } as const;

/** Why somebody wants something, in the words of header Contractor-Reason. @throws Problem */
export function reasonIn(request: HttpRequest): string | undefined {
  const header = request.header('contractor-reason');
  if (header === undefined || header === '') return undefined;
  const reason = unicode(header);
  if (reason.length > MAX_LENGTH.reason) {
    throw malformed(`Contractor-Reason must be at most ${MAX_LENGTH.reason} characters long.`, 'Contractor-Reason');
  }
  return reason;
}

/** Headers come as bytes, one to a character; most clients write them as UTF-8. */
function unicode(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

/**
 * The id a request has in the log. With a header Idempotency-Key it is made of the key and the person, so that the same
 * request sent twice is one; `otherwise` is a fresh one. @throws Problem
 */
export function requestId(request: HttpRequest, { principal }: Caller, otherwise: string): string {
  const key = request.header('idempotency-key');
  if (key === undefined || !principal) return otherwise;
  if (key === '' || key.length > MAX_LENGTH.key) {
    throw malformed(`Idempotency-Key must be 1 to ${MAX_LENGTH.key} characters long.`, 'Idempotency-Key');
  }
  return createHash('sha256')
    .update(JSON.stringify([principal.name, key]))
    .digest('hex')
    .slice(0, 32);
}
