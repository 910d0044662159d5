import { UnusableBody } from '#http';
import { describe, expect, it } from '@jest/globals';
import { Conflict, Refusal, refuse, refuseAs } from '#kernel';
import { AppendRefused } from '#event-store';
import { NoHistory, NotReady, PreconditionFailed } from '#read-store';
import { Forbidden, NotFound } from '#api';
import { PROBLEMS } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** What a subject has declared of its codes. */
const DECLARED = {
  INVALID_LOGIN: 'unauthenticated',
  TOO_MANY_LOGINS: 'too-many-requests',
  BEYOND_OWN: 'forbidden',
  BUSY: 'not-ready',
} as const;

const nobody = { source: '' };
const somebody = { source: '', principal: { name: 'x', superuser: false, permissions: new Set(''), session: '' } };
const named = (error: unknown, caller: typeof nobody = somebody): string => {
  const found = problemOf(error, caller, DECLARED);
  return found ? `${PROBLEMS[found.problem].status} ${found.problem}` : 'a bug';
};

it.each<[string, unknown, string]>([
  ['values at fault', refuse('name', 'PATTERN', 'x'), '422 invalid'],
  ['a name that is taken', refuse('name', 'TAKEN', 'x'), '409 refused'],
  [
    'a name that is taken, and values at fault',
    new Refusal([
      { field: 'a', code: 'PATTERN', text: '' },
      { field: 'b', code: 'TAKEN', text: '' },
    ]),
    '409 refused',
  ],
  ['how things stand', refuse('', 'NOT_DELETABLE', 'x'), '409 refused'],
  ['a code of old', refuseAs('ForemanException', 'JOB_EXISTS', 'x'), '409 refused'],
  ['a wrong password', refuse('', 'INVALID_LOGIN', 'x'), '401 unauthenticated'],
  ['too many of them', refuse('', 'TOO_MANY_LOGINS', 'x'), '429 too-many-requests'],
  ['more than the caller may', refuse('groups', 'BEYOND_OWN', 'x'), '403 forbidden'],
  ['a server at its limit', refuse('', 'BUSY', 'x'), '503 not-ready'],
  ['a code nobody has declared', refuse('', 'OUT_OF_PAPER', 'x'), '409 refused'],
  ['a key of another request', refuse('', 'ANOTHER_REQUEST', 'x'), '422 idempotency-key-reused'],
  ['something that has gone', refuse('', 'NOT_FOUND', 'x'), '404 not-found'],
  ['a code that is a word of the language', refuse('name', 'toString', 'x'), '422 invalid'],
  ['a time to come', refuse('at', 'AHEAD', 'x'), '400 malformed'],
  ['a past that is not kept', new NoHistory('jobs'), '400 malformed'],
  ['others who are faster', new Conflict(['site-a']), '409 conflict'],
  ['a tag of old', new PreconditionFailed('Site/Site', 'a'), '412 precondition-failed'],
  ['nothing there', new NotFound('Site/Site', 'a'), '404 not-found'],
  ['late rows', new NotReady('late'), '503 not-ready'],
  ['too large a body', new UnusableBody('TOO_LARGE', 'x'), '413 too-large'],
  ['another type', new UnusableBody('TYPE', 'x'), '415 unsupported-type'],
  ['broken JSON', new UnusableBody('MALFORMED', 'x'), '400 malformed'],
  ['too large an append', new AppendRefused('TOO_LARGE', 'x'), '413 too-large'],
  ['an append that should not be', new AppendRefused('EMPTY', 'x'), 'a bug'],
  ['anything else', new TypeError('x'), 'a bug'],
  ['what is no error', 'x', 'a bug'],
])('%s', (_, error, name) => {
  expect(named(error)).toBe(name);
});

describe('what is not allowed', () => {
  it('is forbidden to somebody, and asks nobody who they are', () => {
    expect(named(new Forbidden(), somebody)).toBe('403 forbidden');
    expect(named(new Forbidden(), nobody)).toBe('401 unauthenticated');
    expect(problemOf(new Forbidden(), undefined)?.headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="contractor"' });
  });
});

it('tells every fault, with its code, and nothing else of it', () => {
  expect(problemOf(refuseAs('ForemanException', 'JOB_EXISTS', 'there is a job'), undefined)).toMatchObject({
    message: 'there is a job',
    errors: [{ field: '', code: 'JOB_EXISTS', text: 'there is a job' }],
  });
});

it('says the rule and the value, where the words that old clients know say less', () => {
  const rule = '"a b" must be letters, digits, "_" and "-", with a letter or a digit first';
  const told = problemOf(refuse('name', 'PATTERN', 'Invalid', rule), somebody, DECLARED);
  expect(told?.message).toBe(`name: ${rule}`);
  expect(told?.errors).toEqual([{ field: 'name', code: 'PATTERN', text: rule }]);
});
