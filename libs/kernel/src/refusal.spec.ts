import { describe, expect, it } from '@jest/globals';
import { Conflict, Refusal, refuse, refuseAs } from './refusal.ts';

describe('a refusal', () => {
  it.each([
    ['one field', refuse('name', 'TAKEN', 'is taken'), 'name: is taken'],
    ['the request as a whole', refuse('', 'NOT_FOUND', 'is not there'), 'is not there'],
    [
      'several faults',
      new Refusal([
        { field: 'name', code: 'BLANK', text: 'is blank' },
        { field: '', code: 'LATE', text: 'too late' },
      ]),
      'name: is blank; too late',
    ],
  ])('for %s says so in one line', (_, refusal, message) => {
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal.message).toBe(message);
  });

  it('carries the codes programs act on', () => {
    expect(refuse('name', 'TAKEN', 'is taken').faults).toEqual([{ field: 'name', code: 'TAKEN', text: 'is taken' }]);
    expect(refuseAs('ForemanException', 'JOB_EXISTS', 'has a job').faults).toEqual([
      { field: '', code: 'JOB_EXISTS', text: 'has a job', exception: 'ForemanException' },
    ]);
  });
});

it('a conflict names the streams that moved', () => {
  const conflict = new Conflict(['site-a', 'site-b']);
  expect(conflict.streams).toEqual(['site-a', 'site-b']);
  expect(conflict.message).toBe('changed meanwhile: site-a, site-b');
  expect(conflict).not.toBeInstanceOf(Refusal);
});
