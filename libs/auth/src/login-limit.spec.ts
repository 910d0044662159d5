import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { refuse } from '#kernel';
import { LoginLimit } from './login-limit.ts';

const TRIES = { perName: 3, perSource: 5, window: 60_000 };

describe('the limit on failed logins', () => {
  let now: number;
  let limit: LoginLimit;
  const fail = (name: string, source = '192.0.2.1') => void limit.begin(name, source);
  const succeed = (name: string, source = '192.0.2.1') => limit.begin(name, source).succeeded();

  beforeEach(() => {
    now = 1_000_000;
    limit = new LoginLimit(TRIES, () => now);
  });

  it('holds for a name, wherever the tries come from, and says how long to wait', () => {
    for (const source of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) fail('alice', source);
    expect(() => fail('alice', '192.0.2.4')).toThrow('Too many failed logins, try again in 20 seconds');
    fail('bob', '192.0.2.4');
  });

  it('holds for a source, whatever the names', () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) fail(name);
    expect(() => fail('f')).toThrow('try again in 12 seconds');
    fail('f', '192.0.2.2');
  });

  it('does not hold for those who succeed', () => {
    for (let n = 0; n < 100; n += 1) succeed('alice');
    fail('alice');
    fail('alice');
    succeed('alice');
  });

  it('counts a try until it has succeeded: many at once get no further than many in a row', () => {
    const tries = [1, 2, 3].map(() => limit.begin('alice', '192.0.2.1'));
    expect(() => fail('alice')).toThrow('Too many');
    tries[0]?.succeeded();
    fail('alice');
  });

  it('does not count what comes to nothing for another reason, nor trusts it', () => {
    for (let n = 0; n < 100; n += 1) limit.begin('alice', '198.51.100.7').forget();
    for (const n of [1, 2, 3]) fail('alice', `192.0.2.${n}`);
    expect(() => fail('alice', '198.51.100.7')).toThrow('Too many');
  });

  it('forgets failures bit by bit', () => {
    for (let n = 0; n < 3; n += 1) fail('alice');
    now += 19_000;
    expect(() => fail('alice')).toThrow('try again in 1 seconds');
    now += 1000;
    fail('alice');
    expect(() => fail('alice')).toThrow('try again in 20 seconds');
    now += 60_000;
    for (let n = 0; n < 3; n += 1) fail('alice');
  });

  it('goes by a clock that is never set back: where that of the machine is, nobody is locked out', () => {
    const own = new LoginLimit(TRIES);
    own.begin('alice', '192.0.2.1');
    const { now: machine } = Date;
    Date.now = () => machine() - 3_600_000;
    try {
      own.begin('alice', '192.0.2.1');
    } finally {
      Date.now = machine;
    }
  });

  it('does not count tries that it refuses', () => {
    for (let n = 0; n < 3; n += 1) fail('alice');
    for (let n = 0; n < 50; n += 1) expect(() => fail('alice')).toThrow('20 seconds');
  });

  it('lets in who has logged in from there, whatever fails elsewhere', () => {
    succeed('alice', '198.51.100.7');
    for (const n of [1, 2, 3]) fail('alice', `192.0.2.${n}`);
    expect(() => fail('alice', '192.0.2.4')).toThrow('Too many');
    succeed('alice', '198.51.100.7');
    for (const _ of [1, 2, 3]) fail('alice', '198.51.100.7');
    expect(() => fail('alice', '198.51.100.7')).toThrow('Too many');
  });

  it.each([
    ['one network of IPv6', '2001:db8:1:2::5', '2001:db8:1:2:3:4:5:6', true],
    ['two networks of IPv6', '2001:db8:1:2::5', '2001:db8:1:3::5', false],
    ['IPv4 in two spellings', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['what is no address', '', '', true],
  ])('%s: %s and %s', (_, one, other, same) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) fail(name, one);
    const further = () => fail('f', other);
    if (same) expect(further).toThrow('Too many');
    else expect(further).not.toThrow();
  });

  it('tells a name and a source from a name that is written like both', () => {
    succeed('bob', '127.0.0.1');
    for (const n of [1, 2, 3]) fail('bob 127.0.0.1', `192.0.2.${n}`);
    succeed('bob', '127.0.0.1');
  });

  it('counts a name that nobody can have for its source only', () => {
    const long = 'x'.repeat(151);
    for (const name of [long, 'a b', 'a\0', ''])
      for (const n of [1, 2, 3, 4]) fail(name, `192.0.2.${n}${name.length % 10}`);
    for (const n of [1, 2, 3]) fail('x'.repeat(150), `198.51.100.${n}`);
    expect(() => fail('x'.repeat(150), '198.51.100.4')).toThrow('Too many');
    fail(long);
    for (const name of ['a', 'b', 'c', 'd']) fail(name, '192.0.2.1');
    expect(() => fail(long, '192.0.2.1')).toThrow('Too many');
  });

  it('keeps nothing of long names, and nothing at all of tries that it refuses', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    limit = new LoginLimit({ ...TRIES, perSource: 500 }, () => now);
    const before = used();
    // 40 MB of names.
    for (let n = 0; n < 400; n += 1) fail(randomBytes(50_000).toString('hex'));
    expect(used() - before).toBeLessThan(4_000_000);
    // A name that was counted stays so, whatever one source asks for when it is over its limit.
    for (let n = 0; n < 3; n += 1) fail('alice', '198.51.100.7');
    for (let n = 0; n < 100; n += 1) fail('y'.repeat(151));
    let refused = 0;
    for (let n = 0; n < 30_000; n += 1) {
      try {
        fail(`name${n}`);
      } catch {
        refused += 1;
      }
    }
    expect(refused).toBe(30_000);
    expect(() => fail('alice', '198.51.100.8')).toThrow('Too many');
  });

  it.each([
    ['a wrong password', refuse('', 'INVALID_LOGIN', 'x'), true],
    ['a wrong current password', refuse('current_password', 'WRONG', 'x'), true],
    ['a server at its limit', refuse('', 'BUSY', 'x'), false],
    ['a database that is gone', new Error('gone'), false],
  ])('after %s', async (_, error, counts) => {
    const guarded = () => limit.guard('alice', '192.0.2.1', () => Promise.reject(error));
    for (let n = 0; n < 3; n += 1) await expect(guarded()).rejects.toThrow(error);
    await expect(guarded()).rejects.toThrow(counts ? 'Too many failed logins' : error.message);
  });

  it('keeps only so much in mind', () => {
    for (let n = 0; n < 11_000; n += 1) fail(`name${n}`, `198.18.${n >> 8}.${n & 255}`);
    for (let n = 0; n < 3; n += 1) fail('name0', '203.0.113.1');
    for (let n = 0; n < 2; n += 1) fail('name10999', '203.0.113.2');
    expect(() => fail('name10999', '203.0.113.3')).toThrow('Too many');
  });
});
