import { describe, expect, it } from '@jest/globals';
import type { Logger } from '#kernel';
import type { LogLevel } from './logger.ts';
import { hashed, jsonLogger } from './logger.ts';
import { masked } from './masking.ts';
import { nestLogger } from './nest-logger.ts';

/** What a logger has written, without the times. */
function written(tell: (log: Logger) => void, level?: LogLevel): unknown[] {
  const lines: string[] = [];
  tell(jsonLogger({ write: (line) => lines.push(line), ...(level && { level }) }));
  return lines.map((line) => {
    expect(line).toMatch(/^[^\n]+\n$/);
    const { time, ...rest } = JSON.parse(line) as { time: string };
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return rest;
  });
}

describe('the logger', () => {
  it('writes one JSON object per line', () => {
    const lines = written((log) => {
      log.info('listens', { port: 80 });
      log.warn('late\nagain 100% %s');
    });
    expect(lines).toEqual([
      { level: 'info', message: 'listens', port: 80 },
      { level: 'warn', message: 'late\nagain 100% %s' },
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

  it('writes an error that is its own cause', () => {
    const error = new Error('a');
    error.cause = error;
    expect(written((log) => log.error('failed', error))).toHaveLength(1);
  });

  it.each<[LogLevel, string[]]>([
    ['error', ['error']],
    ['warn', ['warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['debug', ['debug', 'info', 'warn', 'error']],
  ])('of the level "%s" writes %j', (level, expected) => {
    const lines = written((log) => {
      log.debug('a');
      log.info('a');
      log.warn('a');
      log.error('a', new Error('b'));
    }, level) as { level: string }[];
    expect(lines.map((line) => line.level)).toEqual(expected);
  });

  it('has children whose lines all have some fields, secrets masked', () => {
    const lines = written((log) => {
      const request = log.child({ request: 'r1', token: 'mellon' });
      request.info('asked');
      request.child({ job: 7 }).error('failed', undefined, { step: 1 });
      log.info('outside');
    });
    expect(lines).toEqual([
      { level: 'info', message: 'asked', request: 'r1', token: '********' },
      { level: 'error', message: 'failed', request: 'r1', token: '********', job: 7, step: 1 },
      { level: 'info', message: 'outside' },
    ]);
  });

  it('keeps fields apart that are called like its own', () => {
    expect(written((log) => log.info('a', { level: 'b', message: 'c', time: 'd' }))).toEqual([
      { level: 'info', message: 'a', level_: 'b', message_: 'c', time_: 'd' },
    ]);
  });

  it('masks secrets', () => {
    expect(written((log) => log.info('login', { user: 'root', password: 'mellon' }))).toEqual([
      { level: 'info', message: 'login', user: 'root', password: '********' },
    ]);
  });

  it('writes what the framework tells, its start only where it is asked for', () => {
    const tell = (log: Logger): void => {
      const nest = nestLogger(log);
      nest.log('Mapped {/health, GET} route', 'RouterExplorer');
      nest.warn('slow', 'Router');
      nest.error('broken', 'Error: broken\n  at x', 'ExceptionsHandler');
      nest.error(new TypeError('worse'), 'ExceptionsHandler');
    };
    const loud = [
      { level: 'warn', message: 'slow', context: 'Router' },
      { level: 'error', message: 'broken', context: 'ExceptionsHandler', error: ['Error: broken\n  at x'] },
      {
        level: 'error',
        message: 'worse',
        context: 'ExceptionsHandler',
        error: [expect.stringMatching(/^TypeError: worse\n/)],
      },
    ];
    expect(written(tell)).toEqual(loud);
    const start = { level: 'debug', message: 'Mapped {/health, GET} route', context: 'RouterExplorer' };
    expect(written(tell, 'debug')).toEqual([start, ...loud]);
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
    ['a key', { api_key: 'a', privateKey: 'b', key: 'c' }, { api_key: '********', privateKey: '********', key: 'c' }],
    ['other words for one', { passwd: 'a', community: 'b' }, { passwd: '********', community: '********' }],
    ['a secret deep inside', { a: [{ b: { client_secret: 'x' } }] }, { a: [{ b: { client_secret: '********' } }] }],
    ['several secrets', { tokens: ['a', 'b'] }, { tokens: ['********', '********'] }],
    ['a secret in parts', { secret: { key: 'a', n: 1 } }, { secret: { key: '********', n: 1 } }],
    ['that there is none', { password: null, token: undefined }, { password: null, token: undefined }],
    ['a text of its own', 'password', 'password'],
    ['positions of the log, as text', { position: 5n }, { position: '5' }],
    ['times, as text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['sets, as lists', { names: new Set(['a']) }, { names: ['a'] }],
    ['of bytes how many they are', { key: Buffer.from('mellon') }, { key: '6 bytes' }],
    ['of a long text the beginning', 'x'.repeat(10_003), `${'x'.repeat(10_000)}… 3 more`],
    [
      'of a long list the beginning',
      Array.from({ length: 1002 }, () => 1),
      [...Array.from({ length: 1000 }, () => 1), '… 2 more'],
    ],
  ])('shows %s', (_, value, shown) => {
    expect(masked(value)).toEqual(shown);
  });

  it('comes to an end where a value contains itself', () => {
    const value: Record<string, unknown> = {};
    value['inner'] = value;
    expect(JSON.stringify(masked(value))).toMatch(/^(\{"inner":){12}"…"\}{12}$/);
  });

  it('leaves what it is given as it is', () => {
    const value = { password: 'mellon' };
    masked(value);
    expect(value).toEqual({ password: 'mellon' });
  });

  it.each([
    ['my secret', '488c46661db89a7f78d82aefb033d59b665b21e86a199a3569cb471368f40799'],
    ['no lookie', 'a6ef67665525e498ae5b6a82726cedae8cc44827cec915250e47abb9dadfdd96'],
    ['private', '522f43f233f7f3b4e40f0b728d8e5fb518ff709806fe3b264bb26026f5bde9d5'],
    ['hi', '4925ec767f025a510a1b549340f21f139573007c80b1a8f137ecfa9f4d43b305'],
  ])('shows a salted hash of %j where that is wanted', (text, hash) => {
    for (const key of ['password', 'my_password_1', 'token', 'secret'])
      expect(masked({ [key]: text }, hashed('salt'))).toEqual({ [key]: `salt:${hash}` });
  });
});
