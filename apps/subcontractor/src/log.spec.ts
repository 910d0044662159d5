import { describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { jsonLog, masked } from './log.ts';

describe('masking', () => {
  it.each([
    ['my secret', '488c46661db89a7f78d82aefb033d59b665b21e86a199a3569cb471368f40799'],
    ['no lookie', 'a6ef67665525e498ae5b6a82726cedae8cc44827cec915250e47abb9dadfdd96'],
    ['private', '522f43f233f7f3b4e40f0b728d8e5fb518ff709806fe3b264bb26026f5bde9d5'],
    ['hi', '4925ec767f025a510a1b549340f21f139573007c80b1a8f137ecfa9f4d43b305'],
  ])('makes a salted hash of %j', (text, hash) => {
    for (const key of ['password', 'my_password_1', 'token', 'secret'])
      expect(masked({ [key]: text }, 'salt')).toEqual({ [key]: `salt:${hash}` });
  });

  it('makes the same hash of what is wrapped as a secret, whatever its key', () => {
    expect(masked({ key: new Secret('hi'), list: [new Secret('hi')] }, 'salt')).toEqual({
      key: 'salt:4925ec767f025a510a1b549340f21f139573007c80b1a8f137ecfa9f4d43b305',
      list: ['salt:4925ec767f025a510a1b549340f21f139573007c80b1a8f137ecfa9f4d43b305'],
    });
  });

  it('goes through maps and lists, and leaves everything else and the original alone', () => {
    const value = {
      a: [{ token: 'x', user: 'y' }],
      secret: { user: 'y', list: ['z'] },
      Password: 'p',
      token: 7,
      n: null,
    };
    const copy = structuredClone(value);
    const result = masked(value, 's') as typeof value;
    expect(value).toEqual(copy);
    expect(result.a[0]?.token).toMatch(/^s:[0-9a-f]{64}$/);
    expect({ ...result, a: undefined }).toEqual({ ...copy, a: undefined });
  });
});

describe('the log', () => {
  it('is one JSON object a line', () => {
    const lines: string[] = [];
    const log = jsonLog((line) => lines.push(line), 's');
    log('info', 'task begun', { parameters: { password: 'hi', host: 'a\nb' } });
    log('warn', 'stopping');
    expect(lines.map((line) => line.endsWith('}\n') && line.split('\n').length)).toEqual([2, 2]);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'info',
      message: 'task begun',
      parameters: { password: expect.stringMatching(/^s:/), host: 'a\nb' },
    });
  });
});
