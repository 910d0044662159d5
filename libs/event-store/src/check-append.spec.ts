import { describe, expect, it } from '@jest/globals';
import { checkAppend } from './check-append.ts';
import type { NewEvent, Write } from './event-store.ts';
import {
  AppendRefused,
  MAX_APPEND_BYTES,
  MAX_APPEND_STREAMS,
  MAX_LARGE_APPEND_BYTES,
  MAX_LARGE_APPEND_STREAMS,
  NO_STREAM,
} from './event-store.ts';

const event = (data: string, meta = ''): NewEvent => ({ id: '1', type: 'Made', data, meta });
const write = (stream: string, ...events: NewEvent[]): Write => ({ stream, expected: NO_STREAM, events });
const check = (stream: string) => ({ stream, revision: 0 });
const checks = (count: number) => Array.from({ length: count }, (_, n) => check(`t-${n}`));
const one = write('t-a', event('{}'));

function ruleAgainst(...append: Parameters<typeof checkAppend>): string {
  try {
    checkAppend(...append);
  } catch (error) {
    if (error instanceof AppendRefused) return error.rule;
    throw error;
  }
  return 'taken';
}

describe('an append', () => {
  it.each([
    ['one event', [one], [], 'taken'],
    ['nothing', [], [], 'EMPTY'],
    ['checks alone', [], [check('t-b')], 'EMPTY'],
    ['a stream without events', [one, write('t-b')], [], 'EMPTY'],
    ['a stream twice', [one, one], [], 'STREAM_TWICE'],
    ['a stream twice, in letters of another case', [one, write('T-A', event('{}'))], [], 'STREAM_TWICE'],
    ['a stream that it also checks', [one], [check('t-a')], 'STREAM_TWICE'],
    ['a check twice', [one], [check('t-b'), check('t-b')], 'STREAM_TWICE'],
    ['as many streams as may be', [one], checks(MAX_APPEND_STREAMS - 1), 'taken'],
    ['one more', [one], checks(MAX_APPEND_STREAMS), 'TOO_MANY_STREAMS'],
    ['a NUL in the data', [write('t-a', event('\u0000'))], [], 'NUL_CHARACTER'],
    ['a NUL in the metadata', [write('t-a', event('', '\u0000'))], [], 'NUL_CHARACTER'],
    ['a NUL that is escaped', [write('t-a', event('"\\u0000"'))], [], 'taken'],
    ['as many bytes as may be', [write('t-a', event('x'.repeat(MAX_APPEND_BYTES - 1), 'y'))], [], 'taken'],
    ['one more byte', [write('t-a', event('x'.repeat(MAX_APPEND_BYTES), 'y'))], [], 'TOO_LARGE'],
    ['fewer letters, but more bytes', [write('t-a', event('é'.repeat(MAX_APPEND_BYTES / 2 + 1)))], [], 'TOO_LARGE'],
    [
      'too many bytes together',
      [
        write('t-a', event('x'.repeat(MAX_APPEND_BYTES / 2))),
        write('t-b', event('x'.repeat(MAX_APPEND_BYTES / 2 + 1))),
      ],
      [],
      'TOO_LARGE',
    ],
  ])('of %s', (_, writes, checks, rule) => {
    expect(ruleAgainst(writes, checks)).toBe(rule);
  });

  it.each([
    ['as many streams as a large one may have', [one], checks(MAX_LARGE_APPEND_STREAMS - 1), 'taken'],
    ['one more', [one], checks(MAX_LARGE_APPEND_STREAMS), 'TOO_MANY_STREAMS'],
    ['as many bytes', [write('t-a', event('x'.repeat(MAX_LARGE_APPEND_BYTES)))], [], 'taken'],
    ['one more byte', [write('t-a', event('x'.repeat(MAX_LARGE_APPEND_BYTES), 'y'))], [], 'TOO_LARGE'],
  ])('that says it is large, of %s', (_, writes, checks, rule) => {
    expect(ruleAgainst(writes, checks, { large: true })).toBe(rule);
  });
});
