import { describe, expect, it } from '@jest/globals';
import type { JsonMap } from '#kernel';
import { MASK, Refusal, secretReference, UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { sealedHeaders } from './sealed-headers.ts';
import { sealedMap } from './sealed-map.ts';

/** What a map becomes, and which secrets are kept for it. @throws Refusal with its faults */
async function sealed<T>(seal: (work: UnitOfWork, sealing: Parameters<typeof sealedHeaders>[2]) => Promise<T>) {
  const kept: string[] = [];
  const secrets = {
    keep: async (value: unknown, owner: string) => {
      kept.push(`${owner}: ${String(value)}`);
      return secretReference(`s${kept.length}`);
    },
  };
  const work = new UnitOfWork(new Streams());
  const value = await seal(work, { secrets, owner: 'Box 1', request: 'r' });
  work.throwIfFaulted();
  return { value, kept };
}
const faults = async (task: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await task.then(
    () => undefined,
    (one: unknown) => one,
  );
  return error instanceof Refusal ? error.faults.map(({ field, code }) => [field, code]) : error;
};
const old = secretReference('old');

describe('the headers of a subscription', () => {
  const seal = (headers: JsonMap) =>
    sealed((work, sealing) => sealedHeaders(work, headers, sealing, [['X-Token', old]]));

  it('are secrets, each; a mask is the one before', async () => {
    expect(await seal({ 'X-Token': MASK, 'X-Other': 'new' })).toEqual({
      value: [
        ['X-Token', old],
        ['X-Other', secretReference('s1')],
      ],
      kept: ['Box 1 X-Other: new'],
    });
  });

  it('are no masks where there was none before', async () => {
    expect(await faults(seal({ 'X-Other': MASK }))).toEqual([['headers', 'MASKED']]);
    expect(await faults(seal({ 'x-token': MASK }))).toEqual([['headers', 'MASKED']]);
  });
});

describe('what is sent to a box beside the post', () => {
  const before = { password: old, inner: [{ password: old }], plain: 'x' };
  const seal = (map: JsonMap) =>
    sealed((work, sealing) => sealedMap({ work, field: 'extra_data', sealing }, map, before));

  it('has references for its secrets; a mask is the one before', async () => {
    expect(await seal({ password: MASK, inner: [{ password: MASK }, { password: 'new' }], plain: MASK })).toEqual({
      value: { password: old, inner: [{ password: old }, { password: secretReference('s1') }], plain: MASK },
      kept: ['Box 1 password: new'],
    });
  });

  it('holds no masks where there was nothing before', async () => {
    expect(await faults(seal({ other_password: MASK }))).toEqual([['extra_data', 'MASKED']]);
    expect(await faults(seal({ inner: [{}, { password: MASK }] }))).toEqual([['extra_data', 'MASKED']]);
    expect(await faults(seal({ plain: { password: MASK } }))).toEqual([['extra_data', 'MASKED']]);
  });
});
