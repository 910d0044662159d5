import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault, Json, Refusal, SecretReference } from '#kernel';
import { MASK, secretReference, UnitOfWork } from '#kernel';
import { configValuesFrom, shownValues } from './config-values.ts';
import type { Pairs } from './layer.ts';

const nothing = new UnitOfWork({ load: async () => ({ state: undefined, revision: -1 }) as never });

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
    configValuesFrom(work, values, { owner: 'Site site1', before, secrets, request: 'r', lists: ['dns_servers'] });
  async function faults(values: Json, before?: Pairs): Promise<readonly Fault[]> {
    const work = new UnitOfWork({ load: async () => ({ state: undefined, revision: -1 }) as never });
    await given(values, before, work);
    try {
      work.throwIfFaulted();
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
    [{ a: [1, { b: { $secret: 's1', more: 1 } }] }, 'RESERVED'],
    [{ db_password: { $secret: 's1' } }, 'RESERVED'],
    [{ db_password: MASK }, 'MASKED'],
    [{ db: { admin_password: MASK } }, 'MASKED'],
    [{ '<db_password': 'x' }, 'OPERATOR'],
    [{ '>api_token:VM': 'x' }, 'OPERATOR'],
    [{ '-db_password': 'x' }, 'OPERATOR'],
  ])('are refused: %j', async (values, code) =>
    expect(await faults(values)).toMatchObject([{ field: 'config_values', code }]),
  );

  it.each(['db_password', 'api_token:VM', 'X_SECRET'])('hold a reference for the secret %s', async (key) => {
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

  it('hold references for secrets deeper in maps and lists, too', async () => {
    const before = await given({ db: [{ user: 'u', admin_password: 'text' }] });
    expect(before).toEqual([['db', [{ user: 'u', admin_password: { $secret: 's1' } }]]]);
    expect(kept.get('s1')).toEqual({ value: 'text', owner: 'Site site1 db.0.admin_password' });
    expect(await given({ db: [{ user: 'v', admin_password: MASK }] }, before)).toEqual([
      ['db', [{ user: 'v', admin_password: { $secret: 's1' } }]],
    ]);
  });

  it('may drop a secret, whatever is written beside it', async () =>
    expect(await given({ '~db_password': 'text' })).toEqual([['~db_password', null]]));

  it('are shown with masks, those too that were written before they were sealed', async () => {
    const values = await given({ 2: 'b', 1: 'a', db_password: 'text', db: { a_token: 1, b: [{ c_secret: 'x' }] } });
    expect(JSON.stringify(shownValues(values))).toBe(
      `{"1":"a","2":"b","db_password":"${MASK}","db":{"a_token":"${MASK}","b":[{"c_secret":"${MASK}"}]}}`,
    );
    expect(shownValues([['old_password', 'text']])).toEqual({ old_password: MASK });
  });
});
