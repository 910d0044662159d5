import { describe, expect, it } from '@jest/globals';
import type { Fault } from '#kernel';
import { Conflict, Refusal } from '#kernel';
import { AppendRefused } from '#event-store';
import { NotReady } from '#read-store';
import { Forbidden, NotFound } from '#api';
import { wrong } from './answer.ts';
import { answerTo, refusalBody } from './errors.ts';

const fault = (field: string, code: string, text: string, exception?: string): Fault =>
  exception === undefined ? { field, code, text } : { field, code, text, exception };

describe('a refusal is told', () => {
  it.each<[string, Fault[], unknown]>([
    [
      'with its code, where programs know the exception',
      [fault('', 'JOB_EXISTS', 'has a job', 'ForemanException')],
      { exception: 'ForemanException', error: 'JOB_EXISTS', message: 'has a job' },
    ],
    [
      'with its code, whatever else is at fault',
      [fault('a', 'X', 'x'), fault('', 'Y', 'y', 'SurveyException')],
      { exception: 'SurveyException', error: 'Y', message: 'y' },
    ],
    [
      'in one message, where the request is at fault',
      [fault('', 'NOT_DELETABLE', 'Not Deletable: used by Site a')],
      { message: 'Not Deletable: used by Site a' },
    ],
    ['in one message, for several faults too', [fault('', 'A', 'a'), fault('', 'B', 'b')], { message: 'a; b' }],
    [
      'by field',
      [fault('name', 'A', 'a'), fault('site', 'B', 'b'), fault('name', 'C', 'c')],
      { name: ['a', 'c'], site: ['b'] },
    ],
    [
      'by field and for the whole object',
      [fault('', 'A', 'a'), fault('name', 'B', 'b')],
      { __all__: ['a'], name: ['b'] },
    ],
    ['for the whole object by its name', [fault('__all__', 'A', 'a')], { __all__: ['a'] }],
    [
      'as a value that could not be read',
      [fault('site', 'INVALID_VALUE', 'no such site')],
      { site: 'Invalid Value "no such site"' },
    ],
    ['as a field that is not written', [fault('name', 'NOT_WRITEABLE', 'Not Writeable')], { name: 'Not Writeable' }],
    [
      'in text, where the field is called message',
      [fault('message', 'A', 'a'), fault('message', 'B', 'b')],
      { message: 'a; b' },
    ],
  ])('%s', (_, faults, body) => {
    expect(refusalBody(new Refusal(faults))).toEqual(body);
  });
});

it.each<[unknown, number, unknown]>([
  [wrong('so'), 400, { message: 'so' }],
  [new Conflict(['site-a']), 400, { message: 'Changed by others meanwhile, try again' }],
  [new AppendRefused('TOO_LARGE', 'so many bytes'), 400, { message: 'Too much at once: so many bytes' }],
  [new NotReady('the rows are late'), 500, { message: 'Not Ready: the rows are late' }],
  [new Forbidden('secret reasons'), 403, { message: 'Not Authorized' }],
  [new NotFound('Site/Site', 'x'), 404, { model_path: '/api/v1/Site/Site', object_id: 'x' }],
  [new NotFound('Utilities/Network', 7), 404, { model_path: '/api/v1/Utilities/Network', object_id: '7' }],
])('%s is answered %i', (error, status, body) => {
  expect(answerTo(error)).toEqual({ status, body });
});

it('every other error is a bug', () => {
  expect(answerTo(new TypeError('x'))).toBeUndefined();
  expect(answerTo('x')).toBeUndefined();
  expect(answerTo(new AppendRefused('EMPTY', 'x'))).toBeUndefined();
});
