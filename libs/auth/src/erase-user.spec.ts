import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandContext, CommandExecutor } from '#event-store';
import type { Principal } from '#kernel';
import { ErasedFile, erasedName, newPersonId, People } from '#people';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import type { AuthServer } from '../test/server.suite.ts';
import { ROOT_PASSWORD, startAuth } from '../test/server.suite.ts';
import { dropUnusedNames, eraseErased } from './person-cleanup.ts';
import { user } from './user.ts';

const PASSWORD = 'their own password';
const DAY_MS = 24 * 3600 * 1000;

describe('erasing a user', () => {
  let directory: string;
  let database: TestDatabase;
  let here: AuthServer;
  let there: AuthServer;
  let root: Principal;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-erase-'));
    database = await testDatabase();
    here = await startAuth(database, { data: directory });
    there = await startAuth(database);
    root = await here.person('root', ROOT_PASSWORD);
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const someone = async (name: string, values: object = {}): Promise<void> => {
    await here.create(root, 'Auth/Account', { name, ...values });
    await here.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, name);
  };
  const erase = (name: string, by: Principal = root, server = here) => server.call(by, 'Auth/Account.erase', { name });
  const everything = async (): Promise<string> => {
    const { rows: tables } = await database.pool.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema IN ('log', 'read', 'ledger')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await database.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  };

  it('destroys who it was, on every server, and ends what they could do', async () => {
    await someone('gustava');
    const token = await here.login('gustava', PASSWORD, '198.51.100.77');
    const id = await here.idOf('gustava');
    expect(await there.identify('gustava', token)).toMatchObject({ name: id });
    expect(await there.told({ by: id })).toEqual({ by: 'gustava' });
    const erased = erasedName(id);
    expect(await erase('gustava')).toBe(erased);
    await until(async () => (await there.told(id)) === erased);
    await until(async () => (await there.identify('gustava', token)) === undefined);
    await expect(here.login('gustava', PASSWORD)).rejects.toThrow('Invalid Login');
    await here.modules.caughtUp();
    expect(await here.keys(root, 'Auth/Account')).not.toContain('gustava');
    const all = await everything();
    expect(all).toContain(id);
    for (const text of ['gustava', '198.51.100.77']) expect(all).not.toContain(text);
    await until(async () => (await readFile(path.join(directory, 'erased-people'), 'utf8')).includes(id));
  });

  it('is done of users who were deleted before, and once', async () => {
    await someone('henrika');
    const id = await here.idOf('henrika');
    await here.remove(root, 'Auth/Account', 'henrika');
    await erase('henrika');
    await expect(erase('henrika')).rejects.toThrow('there is no user "henrika"');
    const before = await here.modules.store.head();
    expect(await erase(erasedName(id))).toBe(erasedName(id));
    expect(await here.modules.store.head()).toBe(before);
  });

  it('leaves the name to somebody else', async () => {
    await someone('iris');
    const before = await here.idOf('iris');
    await erase('iris');
    await someone('iris');
    expect(await here.idOf('iris')).not.toBe(before);
    await here.login('iris', PASSWORD);
  });

  it.each([
    ['root', 'the log itself holds the name root'],
    ['nobody', 'there is no user "nobody"'],
    ['', 'there is no user ""'],
  ])('is refused of "%s"', async (name, why) => {
    await expect(erase(name)).rejects.toThrow(why);
  });

  it('is refused of an account from before there were ids, which goes on as it is', async () => {
    const executor = here.modules.get(CommandExecutor, { strict: false });
    const traits = { superuser: false, enabled: true, groups: [], permissions: [], credential: null };
    await executor.execute(CommandContext.system(here.modules.clock.now()).metadata, (work) =>
      work.decide(user, 'olde', { type: 'CreateUser', data: { name: 'olde', ...traits } }),
    );
    await here.modules.caughtUp();
    await here.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, 'olde');
    expect(await here.person('olde', PASSWORD)).toMatchObject({ name: 'olde' });
    expect(await here.get(root, 'Auth/Account', 'olde')).toMatchObject({ name: 'olde', pseudonym: null });
    await expect(erase('olde')).rejects.toThrow('it can be deleted, not erased');
    // Deleted and made again, it has the name that the log holds.
    await here.remove(root, 'Auth/Account', 'olde');
    await someone('olde');
    expect(await here.idOf('olde')).toBe('olde');
  });

  it('is refused to those who may do less, and of the last superuser', async () => {
    await someone('manager', { permissions: ['Auth.can_erase_account'] });
    await someone('stronger', { permissions: ['Auth.view_group'] });
    await someone('boss', { superuser: true });
    const manager = await here.person('manager', PASSWORD);
    await expect(erase('stronger', manager)).rejects.toThrow('stronger may do more than you');
    const boss = await here.person('boss', PASSWORD);
    await here.update(boss, 'Auth/Account', 'root', { superuser: false });
    await expect(erase('boss', boss)).rejects.toThrow('boss is the last superuser');
    await here.update(boss, 'Auth/Account', 'root', { superuser: true });
    await erase('boss');
    root = await here.person('root', ROOT_PASSWORD);
  });

  it('is finished by a reaction where the server was lost on the way', async () => {
    await someone('karla');
    const id = await here.idOf('karla');
    const people = here.modules.get(People, { strict: false });
    const other = new People(database.pool, Buffer.alloc(32, 'test'));
    expect(await other.shown(id)).toBe('karla');
    await eraseErased(people).handle([{ id }] as never, undefined as never);
    other.forget(id);
    expect(await other.shown(id)).toBe(erasedName(id));
  });

  it('is done again where a backup made before was restored, and told where it cannot be', async () => {
    await someone('lotte');
    await someone('only', { superuser: true });
    const [id, only] = [await here.idOf('lotte'), await here.idOf('only')];
    const again = await mkdtemp(path.join(directory, 'again-'));
    await ErasedFile.in(again).add([id, newPersonId(1)]);
    const restored = await startAuth(database, { data: again });
    expect(await restored.told(id)).toBe(erasedName(id));
    expect(await restored.keys(root, 'Auth/Account')).not.toContain('lotte');
    expect(restored.modules.lines.join()).toContain('was erased again');
    await restored.stop();
    // What was erased elsewhere is noted here, too.
    expect(await ErasedFile.in(again).read()).toEqual(
      expect.arrayContaining([...(await ErasedFile.in(directory).read())]),
    );

    await here.update(await here.person('only', PASSWORD), 'Auth/Account', 'root', { superuser: false });
    await writeFile(path.join(again, 'erased-people'), `${only}\n`);
    const stuck = await startAuth(database, { data: again });
    expect(await stuck.told(only)).toBe('only');
    expect(stuck.modules.lines.join()).toContain('is to be erased again, and cannot be');
    await stuck.stop();
    await here.update(await here.person('only', PASSWORD), 'Auth/Account', 'root', { superuser: true });
    root = await here.person('root', ROOT_PASSWORD);
  });

  it('is not needed of names that nobody came to have, which go after a day', async () => {
    await someone('mona');
    const people = here.modules.get(People, { strict: false });
    const [kept, had] = [await people.keep('never made'), await here.idOf('mona')];
    await database.pool.query('UPDATE ledger.people SET used = false WHERE id = $1', [had]);
    const executor = here.modules.get(CommandExecutor, { strict: false });
    const cleanUp = (later: number) =>
      dropUnusedNames({ people, executor, now: () => Date.now() + later }).reconcile(new AbortController().signal);
    await cleanUp(DAY_MS - 60_000);
    // Of somebody who was made, it is noted now.
    expect([await people.unused(), await people.idOf('mona')]).toEqual([[kept], had]);
    await cleanUp(DAY_MS + 60_000);
    expect(await people.unused()).toEqual([]);
  });

  it('keeps no name of somebody who was refused', async () => {
    await expect(here.create(root, 'Auth/Account', { name: 'nina', groups: ['none'] })).rejects.toThrow('no group');
    const manager = await here.person('iris', PASSWORD);
    await expect(here.create(manager, 'Auth/Account', { name: 'nora' })).rejects.toThrow();
    const people = here.modules.get(People, { strict: false });
    expect(await people.unused()).toEqual([]);
  });
});
