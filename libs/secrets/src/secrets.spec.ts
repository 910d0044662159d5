import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { isSecretReference, MASK, maskSecrets } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { keyOf, secretKey } from './secret-key.ts';
import { Erased, Secrets } from './secrets.ts';

describe('secrets', () => {
  let database: TestDatabase;
  let secrets: Secrets;
  beforeAll(async () => {
    database = await testDatabase();
    secrets = new Secrets(database.pool, randomBytes(32));
    await secrets.start();
  });
  afterAll(() => database.drop());

  let requests = 0;
  const keep = (value: Json, owner: string) => secrets.keep(value, owner, String((requests += 1)));

  it.each(['correct horse', '', 'ü🐎\n', 'x'.repeat(10_000)])('are given back as they were (%#)', async (value) => {
    expect(await secrets.read(await keep(value, 'Site site1'))).toBe(value);
  });

  it('do not stand in the ledger as text', async () => {
    const reference = await keep('a very plain text', 'Site site1');
    expect(isSecretReference(reference)).toBe(true);
    const { rows } = await database.pool.query<{ value: Buffer }>('SELECT value FROM ledger.secrets');
    expect(rows.some(({ value }) => value.includes('plain text'))).toBe(false);
  });

  it('keep the old value beside the new one', async () => {
    const [one, two] = [await keep('one', 'x'), await keep('two', 'x')];
    expect([await secrets.read(one), await secrets.read(two)]).toEqual(['one', 'two']);
  });

  it('are values of any kind', async () => {
    for (const value of [7, true, ['a', { b: null }]]) {
      expect(await secrets.read(await keep(value, 'Site site1 x_secret'))).toEqual(value);
    }
  });

  it('can be compared without being shown', async () => {
    const reference = await keep('this', 'Site site1 x_secret');
    expect(await secrets.holds(reference, 'this')).toBe(true);
    expect(await secrets.holds(reference, 'that')).toBe(false);
  });

  it('are kept once, however often the same request is worked out', async () => {
    const twice = [await secrets.keep('this', 'a', 'request'), await secrets.keep('this', 'a', 'request')];
    expect(twice[1]).toEqual(twice[0]);
    const others = [
      await secrets.keep('that', 'a', 'request'),
      await secrets.keep('this', 'b', 'request'),
      await keep('this', 'a'),
    ];
    expect(new Set([...twice, ...others].map(({ $secret }) => $secret)).size).toBe(4);
  });

  it('make marks that only their key can make', () => {
    expect(secrets.mark('a text')).toBe(secrets.mark('a text'));
    expect(secrets.mark('a text')).not.toBe(secrets.mark('another text'));
    expect(secrets.mark('a text')).not.toBe(new Secrets(database.pool, randomBytes(32)).mark('a text'));
  });

  it('are gone for good when they are erased, every one their owner has had', async () => {
    const mine = [await keep('one', 'Site a x_token'), await keep('two', 'Site a x_token')];
    const other = await keep('three', 'Site b x_token');
    expect(await secrets.erase('Site a x_token')).toBe(2);
    expect(await secrets.erase('Site a x_token')).toBe(0);
    for (const reference of mine) {
      await expect(secrets.read(reference)).rejects.toBeInstanceOf(Erased);
      expect(await secrets.holds(reference, 'one')).toBe(false);
    }
    expect(await secrets.read(other)).toBe('three');
  });

  it('let no server start that has another key', async () => {
    await secrets.start();
    await expect(new Secrets(database.pool, randomBytes(32)).start()).rejects.toThrow(
      'another key than that of CONTRACTOR_SECRET_KEY or, without it, of secret.key in the data directory',
    );
  });

  it('cannot be read with another key, nor under another id', async () => {
    const [mine, other] = [await keep('mine', 'x'), await keep('other', 'x')];
    await expect(new Secrets(database.pool, randomBytes(32)).read(mine)).rejects.toThrow('another key');
    await database.pool.query(
      'UPDATE ledger.secrets SET value = (SELECT value FROM ledger.secrets WHERE id = $1) WHERE id = $2',
      [other.$secret, mine.$secret],
    );
    await expect(secrets.read(mine)).rejects.toThrow('cannot be read');
  });

  it('are masked at any depth', () => {
    const value = { a: [{ b: { $secret: 'x' } }, 'plain'], c: { $secret: 'y', more: 1 } };
    expect(maskSecrets(value)).toEqual({ a: [{ b: MASK }, 'plain'], c: { $secret: 'y', more: 1 } });
  });
});

describe('the key of the secrets', () => {
  it('is made once, for its owner only', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-key-'));
    const key = await secretKey(undefined, directory);
    expect(key).toHaveLength(32);
    expect(await secretKey(undefined, directory)).toEqual(key);
    const file = path.join(directory, 'secret.key');
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect((await readFile(file, 'utf8')).trim()).toBe(key.toString('base64'));
    await rm(directory, { recursive: true });
  });

  it('is the one in the settings, where there is one', async () => {
    const key = randomBytes(32);
    expect(await secretKey(key, '/nowhere')).toEqual(key);
  });

  it('is written in either form, and nothing else is one', async () => {
    const key = randomBytes(32);
    expect(keyOf(key.toString('hex'))).toEqual(key);
    expect(keyOf(key.toString('base64'))).toEqual(key);
    expect(keyOf('c2hvcnQ=')).toBeUndefined();
  });

  it('is refused where the file holds none', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-key-'));
    const file = path.join(directory, 'secret.key');
    await writeFile(file, 'c2hvcnQ=\n');
    await expect(secretKey(undefined, directory)).rejects.toThrow(`${file}: must be 32 bytes`);
    await rm(directory, { recursive: true });
  });
});
