import { Conflict, Refusal } from '#kernel';
import type { Fault } from '#kernel';
import { AppendRefused } from '#event-store';
import { NoHistory } from '#read-store';
import type { Caller } from '#api';
import { Forbidden, NotFound, NotReady, PreconditionFailed, UnusableBody } from '#api';
import { malformed, Problem } from './problem.ts';
import type { ProblemName } from './problem.ts';

/** Refusals that are one problem whatever stands beside them, by code. */
const BY_CODE: Readonly<Record<string, ProblemName>> = {
  INVALID_LOGIN: 'unauthenticated',
  NOT_LOGGED_IN: 'unauthenticated',
  AHEAD: 'malformed',
  TAKEN: 'refused',
};

const BODY: { readonly [R in UnusableBody['rule']]: ProblemName } = {
  TOO_LARGE: 'too-large',
  TYPE: 'unsupported-type',
  MALFORMED: 'malformed',
};

/** Limits of the log a request can run into; its other rules are the server's to keep. */
const LIMITS: readonly string[] = ['TOO_LARGE', 'TOO_MANY_STREAMS'];

/** The challenge that goes with every 401. */
const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="contractor"' };

/** No session, or none that is good. */
export const unauthenticated = (detail: string, errors: Problem['errors'] = []): Problem =>
  new Problem('unauthenticated', detail, { errors, headers: CHALLENGE });

/** Whether a fault lies in how things stand, not in a value that was sent. */
const standsAgainst = ({ field, exception }: Fault): boolean => field === '' || exception !== undefined;

function refusal({ faults, message }: Refusal): Problem {
  const errors = faults.map(({ field, code, text }) => ({ field, code, text }));
  const known = faults.map(({ code }) => (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined)).find(Boolean);
  const name = known ?? (faults.some(standsAgainst) ? 'refused' : 'invalid');
  return name === 'unauthenticated' ? unauthenticated(message, errors) : new Problem(name, message, { errors });
}

/** The problem behind an error the caller may know the reason of; undefined for everything else, which is a bug. */
export function problemOf(error: unknown, caller: Caller | undefined): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return refusal(error);
  if (error instanceof UnusableBody) return new Problem(BODY[error.rule], error.message);
  if (error instanceof Conflict) return new Problem('conflict', 'Others were faster; try again.');
  if (error instanceof PreconditionFailed) return new Problem('precondition-failed', `${error.message}.`);
  if (error instanceof NoHistory)
    return malformed(`The past of this is not kept (${error.model}).`, 'at', 'NO_HISTORY');
  if (error instanceof NotFound) return new Problem('not-found', `There is no ${error.model} ${error.key}.`);
  if (error instanceof NotReady) {
    return new Problem('not-ready', `The server is not ready: ${error.message}.`, { headers: { 'Retry-After': '1' } });
  }
  if (error instanceof AppendRefused && LIMITS.includes(error.rule)) return new Problem('too-large', error.message);
  if (error instanceof Forbidden) {
    return caller?.person ? new Problem('forbidden', 'Not authorized.') : unauthenticated('This needs a session.');
  }
  return undefined;
}
