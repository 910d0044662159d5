import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { People } from './people.ts';
import { erasedName, isPersonId, newPersonId } from './person-id.ts';

describe('people', () => {
  const key = randomBytes(32);
  let database: TestDatabase;
  let people: People;
  let other: People;
  beforeAll(async () => {
    database = await testDatabase();
    people = new People(database.pool, key);
    other = new People(database.pool, key);
    await Promise.all([people.onModuleInit(), other.onModuleInit()]);
  });
  afterAll(() => database.drop());

  /** Somebody of this name. */
  const made = async (name: string, by = people): Promise<string> => {
    const id = await by.keep(name);
    await by.markUsed(id);
    return id;
  };
  const dump = async (): Promise<string> => {
    const { rows } = await database.pool.query<{ row: string }>(
      `SELECT p::text || encode(coalesce(name, ''), 'escape') AS row FROM ledger.people p`,
    );
    return rows.map(({ row }) => row).join('\n');
  };

  it('have an id that tells nothing, and is the same on every server', async () => {
    const [one, two] = await Promise.all([made('alice'), made('alice', other)]);
    expect(isPersonId(one)).toBe(true);
    expect(two).toBe(one);
    expect([await people.idOf('alice'), await other.inside('alice')]).toEqual([one, one]);
    expect(await dump()).not.toContain('alice');
  });

  it.each(['root', 'agent1', 'person.short', 'erased user 00000000', ''])(
    'leave "%s", which nobody has, as it is',
    async (text) => {
      expect([await people.idOf(text), await people.inside(text)]).toEqual([undefined, text]);
    },
  );

  it('are told by their names wherever their ids stand in a text', async () => {
    const [bob, carol] = [await made('bob'), await made('carol')];
    const text = `{"by":"${bob}","at":"/Auth/Account/${carol}","stream":"user-${bob}","was":"paused by ${bob}."}`;
    const shown = '{"by":"bob","at":"/Auth/Account/carol","stream":"user-bob","was":"paused by bob."}';
    expect(await other.shown(text)).toBe(shown);
    expect(other.shownAtOnce(text)).toBe(shown);
  });

  it('leave texts alone that only look like an id', async () => {
    const text = `person.name ${newPersonId(0)} ${await made('dave')}x person.${'A'.repeat(22)}`;
    expect(await people.shown(text)).toBe(text);
  });

  it('have what would tell who they are sealed, for themselves alone', async () => {
    const [erin, frank] = [await made('erin'), await made('frank')];
    const sealed = await people.seal(erin, '192.0.2.7');
    expect(sealed).not.toContain('192.0.2.7');
    expect(await other.shown(`from ${sealed}, then`)).toBe('from 192.0.2.7, then');
    const forged = sealed.replace(erin, frank);
    expect(await people.shown(forged)).toBe(forged);
    expect(await people.seal('root', '192.0.2.7')).toBe('192.0.2.7');
  });

  it('are erased for good: the same person is known again, and nobody knows who it was', async () => {
    const [gina, hugo] = [await made('gina'), await made('hugo')];
    const sealed = await people.seal(gina, '192.0.2.8');
    expect(await other.shown(`${gina} ${hugo}`)).toBe('gina hugo');
    await people.erase(gina);
    await people.erase(gina);
    other.forget(gina);
    const shown = `${erasedName(gina)} from erased, ${erasedName(gina)}, hugo`;
    for (const one of [people, other, new People(database.pool, key)]) {
      expect(await one.shown(`${gina} from ${sealed}, ${gina}, ${hugo}`)).toBe(shown);
      expect(await one.idOf('gina')).toBeUndefined();
      expect(await one.inside(erasedName(gina))).toBe(gina);
    }
    const { rows } = await database.pool.query('SELECT lookup, key, name FROM ledger.people WHERE id = $1', [gina]);
    expect(rows).toEqual([{ lookup: null, key: null, name: null }]);
    expect(await people.erased()).toEqual([gina]);
    expect(await people.stillNamed([gina, hugo])).toEqual([hugo]);
  });

  it('are other people where somebody gets the name of one who was erased', async () => {
    const before = await made('ivan');
    await people.erase(before);
    const after = await made('ivan');
    expect(after).not.toBe(before);
    expect(await people.shown(`${before} ${after}`)).toBe(`${erasedName(before)} ivan`);
  });

  it('stay forgotten where the log has told it and the ledger does not know it yet', async () => {
    const judy = await made('judy');
    other.forget(judy);
    expect([await other.shown(judy), await other.idOf('judy')]).toEqual([erasedName(judy), undefined]);
    const again = await other.keep('judy');
    expect(again).not.toBe(judy);
    expect(await new People(database.pool, key).shown(judy)).toBe(erasedName(judy));
  });

  it('are kept in memory up to a number of them, and all of them are told', async () => {
    const small = new People(database.pool, key, { maxKnown: 3 });
    const names = Array.from({ length: 10 }, (_, n) => `many${n}`);
    const ids: string[] = [];
    for (const name of names) ids.push(await small.keep(name));
    expect(await small.shown(ids.join(' '))).toBe(names.join(' '));
    expect(small.shownAtOnce(ids.join(' '))).toBeUndefined();
  });

  it('are not found by a name that nobody came to have', async () => {
    const kept = await people.keep('lena');
    expect([await people.idOf('lena'), await people.inside('lena')]).toEqual([undefined, 'lena']);
    await people.drop(kept, new Date(0));
    expect(await people.keep('lena')).toBe(kept);
    await people.drop(kept, new Date(Date.now() + 60_000));
    expect(await people.unused()).not.toContain(kept);
    expect(await people.keep('lena')).not.toBe(kept);
  });

  it('cannot be read with another key', async () => {
    const kim = await made('kim');
    await expect(new People(database.pool, randomBytes(32)).shown(kim)).rejects.toThrow();
  });

  it('have ids in the order in which they came', () => {
    const ids = [1, 2, 35, 36, 1_000_000, 1_900_000_000_000, 2_000_000_000_000].map(newPersonId);
    expect(ids).toEqual(ids.toSorted());
    expect(ids.every(isPersonId)).toBe(true);
  });
});
