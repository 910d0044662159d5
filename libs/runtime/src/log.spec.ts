import { describe, expect, it } from '@jest/globals';
import { jsonLog, masked } from './log.ts';

/** What a log has written, without the times. */
function written(write: (log: ReturnType<typeof jsonLog>) => void): unknown[] {
  const lines: string[] = [];
  write(jsonLog((line) => lines.push(line)));
  return lines.map((line) => {
    const { time, ...rest } = JSON.parse(line) as { time: string };
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return rest;
  });
}

describe('the log', () => {
  it('writes one JSON object per line', () => {
    const lines = written((log) => {
      log.info('listens', { port: 80 });
      log.warn('late\nagain');
    });
    expect(lines).toEqual([
      { level: 'info', message: 'listens', port: 80 },
      { level: 'warn', message: 'late\nagain' },
    ]);
  });

  it('writes an error with its stack and all its causes', () => {
    const error = new Error('no answer', { cause: new TypeError('no host', { cause: 'no name' }) });
    const [line] = written((log) => log.error('metadata failed', error, { host: 'a' }));
    expect(line).toEqual({
      level: 'error',
      message: 'metadata failed',
      host: 'a',
      error: [
        expect.stringMatching(/^Error: no answer\n\s+at /),
        expect.stringMatching(/^TypeError: no host\n\s+at /),
        'no name',
      ],
    });
  });

  it('masks secrets', () => {
    expect(written((log) => log.info('login', { user: 'root', password: 'mellon' }))).toEqual([
      { level: 'info', message: 'login', user: 'root', password: '********' },
    ]);
  });
});

describe('masking', () => {
  it.each([
    ['what is no secret', { user: 'root', n: 1 }, { user: 'root', n: 1 }],
    ['a password', { admin_password: 'a' }, { admin_password: '********' }],
    [
      'a token, however it is written',
      { accessToken: 'a', TOKEN: 'b' },
      { accessToken: '********', TOKEN: '********' },
    ],
    ['a secret deep inside', { a: [{ b: { client_secret: 'x' } }] }, { a: [{ b: { client_secret: '********' } }] }],
    ['several secrets', { tokens: ['a', 'b'] }, { tokens: ['********', '********'] }],
    ['a secret in parts', { secret: { key: 'a', n: 1 } }, { secret: { key: '********', n: 1 } }],
    ['that there is none', { password: null, token: undefined }, { password: null, token: undefined }],
    ['a text of its own', 'password', 'password'],
    ['positions of the log, as text', { position: 5n }, { position: '5' }],
  ])('shows %s', (_, value, shown) => {
    expect(masked(value)).toEqual(shown);
  });

  it('leaves what it is given as it is', () => {
    const value = { password: 'mellon' };
    masked(value);
    expect(value).toEqual({ password: 'mellon' });
  });
});
