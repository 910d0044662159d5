import { UnusableBody } from '#http';
import { Conflict, Refusal } from '#kernel';
import type { Caller, Fault } from '#kernel';
import { AppendRefused } from '#event-store';
import { NoHistory, NotReady, PreconditionFailed } from '#read-store';
import { Forbidden, NotFound } from '#api';
import { malformed, Problem } from './problem.ts';
import type { ProblemName } from './problem.ts';

/** Refusals that are one problem whatever stands beside them, by code: those of no subject. */
const BY_CODE: Readonly<Record<string, ProblemName>> = {
  NOT_FOUND: 'not-found',
  AHEAD: 'malformed',
  ANOTHER_REQUEST: 'idempotency-key-reused',
  TAKEN: 'refused',
};

/** Headers that go with a problem wherever it comes from. */
const HEADERS: Readonly<Partial<Record<ProblemName, Readonly<Record<string, string>>>>> = {
  unauthenticated: { 'WWW-Authenticate': 'Bearer realm="contractor"' },
  'not-ready': { 'Retry-After': '1' },
};

const problem = (name: ProblemName, detail: string, errors: Problem['errors'] = []): Problem =>
  new Problem(name, detail, { errors, headers: HEADERS[name] ?? {} });

const BODY: { readonly [R in UnusableBody['rule']]: ProblemName } = {
  TOO_LARGE: 'too-large',
  TYPE: 'unsupported-type',
  MALFORMED: 'malformed',
};

/** Limits of the log a request can run into; its other rules are the server's to keep. */
const LIMITS: readonly string[] = ['TOO_LARGE', 'TOO_MANY_STREAMS'];

/** No session, or none that is good. */
export const unauthenticated = (detail: string): Problem => problem('unauthenticated', detail);

/** Whether a fault lies in how things stand, not in a value that was sent. */
const standsAgainst = ({ field, exception }: Fault): boolean => field === '' || exception !== undefined;

function refusal({ faults }: Refusal, declared: Readonly<Record<string, ProblemName>>): Problem {
  const errors = faults.map(({ field, code, text, rule }) => ({ field, code, text: rule ?? text }));
  const message = errors.map(({ field, text }) => (field ? `${field}: ${text}` : text)).join('; ');
  const kinds: Readonly<Record<string, ProblemName>> = { ...BY_CODE, ...declared };
  const known = faults.map(({ code }) => (Object.hasOwn(kinds, code) ? kinds[code] : undefined)).find(Boolean);
  return problem(known ?? (faults.some(standsAgainst) ? 'refused' : 'invalid'), message, errors);
}

/**
 * The problem behind an error the caller may know the reason of; undefined for everything else, which is a bug.
 * @param declared what the codes of refusals come to
 */
export function problemOf(
  error: unknown,
  caller: Caller | undefined,
  declared: Readonly<Record<string, ProblemName>> = {},
): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return refusal(error, declared);
  if (error instanceof UnusableBody) return problem(BODY[error.rule], error.message);
  if (error instanceof Conflict) return problem('conflict', 'Others were faster; try again.');
  if (error instanceof PreconditionFailed) return problem('precondition-failed', `${error.message}.`);
  if (error instanceof NoHistory)
    return malformed(
      `The past of this is not kept (${error.model}); what happened is told by GET /api/rest/history/export.`,
      'at',
      'NO_HISTORY',
    );
  if (error instanceof NotFound) return problem('not-found', `There is no ${error.model} ${error.key}.`);
  if (error instanceof NotReady) return problem('not-ready', `The server is not ready: ${error.message}.`);
  if (error instanceof AppendRefused && LIMITS.includes(error.rule)) return problem('too-large', error.message);
  if (error instanceof Forbidden) {
    return caller?.principal ? problem('forbidden', 'Not authorized.') : unauthenticated('This needs a session.');
  }
  return undefined;
}
