import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault, Json, Refusal, SecretReference } from '#kernel';
import { MASK, secretReference, Work } from '#kernel';
import { configValuesFrom, shownValues } from './config-values.ts';
import type { Pairs } from './layer.ts';

const nothing = new Work({ see: async () => ({ state: undefined, revision: -1 }) as never });

describe('configuration values as they are given', () => {
  const kept = new Map<string, { readonly value: Json; readonly owner: string }>();
  const secrets = {
    keep: async (value: Json, owner: string): Promise<SecretReference> => {
      const id = `s${kept.size + 1}`;
      kept.set(id, { value, owner });
      return secretReference(id);
    },
    holds: async ({ $secret }: SecretReference, value: Json) => kept.get($secret)?.value === value,
  };
  beforeEach(() => kept.clear());

  const given = (values: Json, before?: Pairs, work = nothing) =>
    configValuesFrom(work, values, { owner: 'Site site1', before, secrets, lists: ['dns_servers'] });
  async function faults(values: Json, before?: Pairs): Promise<readonly Fault[]> {
    const work = new Work({ see: async () => ({ state: undefined, revision: -1 }) as never });
    await given(values, before, work);
    try {
      work.settle();
    } catch (error) {
      return (error as Refusal).faults;
    }
    return [];
  }

  it('are kept in their order', async () =>
    expect(await given({ b: 1, '<a:VM': 'x', c: null })).toEqual([
      ['b', 1],
      ['<a:VM', 'x'],
      ['c', null],
    ]));

  it.each([
    [{ 'a b': 1 }, 'NAME'],
    [{ dns_servers: 'one' }, 'LIST'],
    [{ a: { $secret: 's1' } }, 'RESERVED'],
    [{ a: [1, { b: { $secret: 's1' } }] }, 'RESERVED'],
    [{ db_password: { $secret: 's1' } }, 'RESERVED'],
    [{ db_password: MASK }, 'MASKED'],
  ])('are refused: %j', async (values, code) =>
    expect(await faults(values)).toMatchObject([{ field: 'config_values', code }]),
  );

  it.each(['db_password', 'api_token:VM', '<x_secret'])('hold a reference for the secret %s', async (key) => {
    expect(await given({ [key]: 'text', plain: 'y' })).toEqual([
      [key, { $secret: 's1' }],
      ['plain', 'y'],
    ]);
    expect(kept.get('s1')).toEqual({ value: 'text', owner: `Site site1 ${key}` });
  });

  it('keep the secret that is masked, or the same as before', async () => {
    const before = await given({ db_password: 'text' });
    expect(await given({ db_password: MASK }, before)).toEqual(before);
    expect(await given({ db_password: 'text' }, before)).toEqual(before);
    expect(await given({ db_password: 'other' }, before)).toEqual([['db_password', { $secret: 's2' }]]);
    expect(await given({ db_password: null }, before)).toEqual([['db_password', null]]);
    expect(await faults({ db_password: MASK }, [['db_password', null]])).toMatchObject([{ code: 'MASKED' }]);
  });

  it('are shown with masks', async () => {
    const values = await given({ 2: 'b', 1: 'a', db_password: 'text' });
    expect(JSON.stringify(shownValues(values))).toBe(`{"1":"a","2":"b","db_password":"${MASK}"}`);
  });
});
