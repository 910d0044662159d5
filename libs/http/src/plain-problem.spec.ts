import { expect, it } from '@jest/globals';
import { plainProblem } from './plain-problem.ts';

it('is a problem whose text clients of CInP find too', () => {
  const { status, headers, text = '' } = plainProblem(404, 'There is nothing here.', { Allow: 'GET' });
  expect([status, headers]).toEqual([
    404,
    { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', Allow: 'GET' },
  ]);
  expect(JSON.parse(text)).toEqual({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'There is nothing here.',
    message: 'There is nothing here.',
  });
});
