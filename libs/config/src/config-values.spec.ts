import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault, Json, Refusal, SecretReference } from '#kernel';
import { MASK, secretReference, UnitOfWork } from '#kernel';
import { configValuesFrom, referenceAt } from './config-values.ts';
import { shownValues } from './shown-values.ts';
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
    ownerOf: async ({ $secret }: SecretReference) => kept.get($secret)?.owner,
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
    [{ '>secret_names': ['pin'], '>pin': 'x' }, 'OPERATOR'],
    [{ secret_names: 'pin' }, 'LIST'],
    [{ motd: '{{ open' }, 'TEMPLATE'],
    [{ a: [{ b: '{% if x %}\n{{ y|nosuch }}{% endif %}' }] }, 'TEMPLATE'],
    [{ '>secret_names': [1] }, 'LIST'],
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
    expect(kept.get('s1')).toEqual({
      value: 'text',
      owner: expect.stringMatching(/^Site site1 db\[[0-9a-f]{12}\]\.admin_password$/),
    });
  });

  describe('in the items of a list', () => {
    const user = (name: string, password: Json, more = {}) => ({ user: name, password, ...more });
    const users = (...list: readonly Json[]) => ({ users: list });
    const three = () => given(users(user('a', '1'), user('b', '2'), user('c', '3')));
    const reference = (id: string) => ({ $secret: id });

    it.each([
      ['reversed', users(user('c', MASK), user('b', MASK), user('a', MASK)), ['s3', 's2', 's1']],
      ['one removed', users(user('b', MASK), user('c', MASK)), ['s2', 's3']],
      ['one added before', users(user('x', 'new'), user('a', MASK)), ['s4', 's1']],
      ['one with a new secret', users(user('c', 'other'), user('a', MASK)), ['s4', 's1']],
      ['the same written again', users(user('c', '3'), user('a', '1')), ['s3', 's1']],
      ['the keys in another order', users({ password: MASK, user: 'b' }), ['s2']],
    ])('stay with what stands beside them: %s', async (_, values, ids) => {
      const after = await given(values, await three());
      expect((Object.fromEntries(after)['users'] as { password: Json }[]).map(({ password }) => password)).toEqual(
        ids.map(reference),
      );
    });

    it('keep the words they are kept under, wherever the item goes', async () => {
      const before = await three();
      await given(users(user('b', '20'), user('a', MASK)), before);
      expect(kept.get('s4')).toEqual({ value: '20', owner: kept.get('s2')?.owner });
      expect(new Set(['s1', 's2', 's3'].map((id) => kept.get(id)?.owner)).size).toBe(3);
    });

    it.each([
      ['what stands beside it is another', users(user('a', MASK), user('x', MASK)), ['users.1.password']],
      ['an item is there twice now', users(user('a', MASK), user('a', MASK)), ['users.0.password', 'users.1.password']],
      ['it is deeper', { users: [{ of: [user('z', MASK)] }] }, ['users.0.of.0.password']],
    ])('are refused with their place where %s', async (_, values, places) => {
      const text = (place: string) => `config item "${place}" is a mask, and there is no value it stands for`;
      expect(await faults(values, await three())).toMatchObject(
        places.map((place) => ({ field: 'config_values', code: 'MASKED', text: text(place) })),
      );
    });

    it('are refused where two items look alike, unless the list shows what it did', async () => {
      const before = await given(users({ password: '1' }, { password: '2' }));
      expect(await given(users({ password: MASK }, { password: MASK }), before)).toEqual(before);
      expect(await faults(users({ password: MASK }), before)).toMatchObject([{ code: 'MASKED' }]);
      expect(await faults(users({ password: MASK }, { password: MASK }, { a: 1 }), before)).toMatchObject([
        { code: 'MASKED' },
        { code: 'MASKED' },
      ]);
    });

    it('are found by their place', async () => {
      const values = await given({ 'a.b': 1, ...users(user('a', '1', { more: [{ token: 't' }] })) });
      expect(
        ['users.0.password', 'users.0.more.0.token', 'users.1.password', 'users.0.user', 'a', 'users'].map((path) =>
          referenceAt(values, path),
        ),
      ).toEqual([reference('s1'), reference('s2'), undefined, undefined, undefined, undefined]);
    });
  });

  it('are secret, too, where their name is declared here or above', async () => {
    const values = { '>secret_names': ['bmc_pin'], bmc_pin: 1234, deep: [{ BMC_PIN: 'x', snmp: 'y' }], 'snmp:VM': 'z' };
    const declared = { owner: 'Site site1', secrets, request: 'r', secretNames: ['snmp'] };
    const pairs = await configValuesFrom(nothing, values, declared);
    expect(JSON.stringify(pairs)).toBe(
      '[[">secret_names",["bmc_pin"]],["bmc_pin",{"$secret":"s1"}],["deep",[{"BMC_PIN":{"$secret":"s2"},"snmp":{"$secret":"s3"}}]],["snmp:VM",{"$secret":"s4"}]]',
    );
    expect(
      shownValues([
        ['secret_names', ['pin']],
        ['pin', 'text'],
        ['deep', { pin: 1 }],
      ]),
    ).toEqual({
      secret_names: ['pin'],
      pin: MASK,
      deep: { pin: MASK },
    });
  });

  it('are refused with key and place where they cannot be rendered, unless they were there before', async () => {
    const bad = { deep: [{ motd: 'a\n{{ b|nosuch }}', db_password: 'p' }] };
    const text = `config item "deep.0.motd" is not a valid template: No filter named 'nosuch'. (line 2)`;
    expect(await faults(bad)).toEqual([{ field: 'config_values', code: 'TEMPLATE', text, path: 'deep.0.motd' }]);
    const before: Pairs = [['deep', [{ motd: 'a\n{{ b|nosuch }}', db_password: { $secret: 's1' } }]]];
    expect(await faults({ deep: [{ motd: 'a\n{{ b|nosuch }}', db_password: MASK }], more: '{{ 1 }}' }, before)).toEqual(
      [],
    );
    expect(await faults({ ok: '{% raw %}{{ b|nosuch }}{% endraw %}', db_password: '{{ open' })).toEqual([]);
  });

  it('are taken as they are, and sealed, where a mask is written over text of the time before', async () => {
    expect(await given({ password: MASK }, [['password', 'old']])).toEqual([['password', { $secret: 's1' }]]);
    expect(kept.get('s1')).toEqual({ value: 'old', owner: 'Site site1 password' });
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
