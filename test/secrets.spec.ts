import { describe, expect, it, jest } from '@jest/globals';
import { startContractor } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const SITE = '/api/v1/Site/Site';
const BLUEPRINT = '/api/v1/BluePrint/FoundationBluePrint';
const MASK = '********';
const PASSWORD = 'correct-horse-battery';
const TOKEN = 'a-token-of-the-api';

const { database, server, client, token } = await startJourney();

async function rest(method: string, path: string, body?: unknown, headers = {}): Promise<Response> {
  return fetch(`${server.url}/api/rest/${path}`, {
    method,
    headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Everything PostgreSQL holds, as text, but not what is encrypted. */
async function everything(): Promise<string> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('log', 'read', 'ledger')`,
  );
  const texts = tables.map(async ({ name }) =>
    JSON.stringify((await database.pool.query(`SELECT * FROM ${name}`)).rows),
  );
  return (await Promise.all(texts)).join('\n');
}

/** The references the log holds, in their order. */
async function references(stream: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ data: string }>(
    'SELECT data FROM log.events WHERE stream = $1 ORDER BY revision',
    [stream],
  );
  return rows.flatMap(({ data }) => [...data.matchAll(/"\$secret":"([^"]+)"/g)].map(([, id]) => id ?? ''));
}

describe('secrets in configuration values', () => {
  it('are masked in every answer, and nowhere kept as text', async () => {
    const values = { ntp: 'pool', db_password: PASSWORD, 'api_token:VM': TOKEN, bmc: { admin_password: PASSWORD } };
    const masked = { ntp: 'pool', db_password: MASK, 'api_token:VM': MASK, bmc: { admin_password: MASK } };
    const { uri, object } = await client.create(SITE, { name: 'vault', description: 'x', config_values: values });
    expect(object).toMatchObject({ config_values: masked });
    expect(await client.get(uri)).toMatchObject({ config_values: masked });
    expect(await client.call(`${SITE}:vault:(getConfig)`)).toMatchObject({ db_password: MASK });
    expect(await (await rest('GET', 'Site/Site/vault')).json()).toMatchObject({ config_values: masked });
    const explained = JSON.stringify(await (await rest('POST', 'Site/Site/vault/explain')).json());
    expect(explained).toContain(MASK);

    const blueprint = { name: 'vm', description: 'x', foundation_type_list: ['Manual'], config_values: values };
    expect((await client.create(BLUEPRINT, blueprint)).object).toMatchObject({ config_values: masked });

    const all = [explained, await everything(), ...server.lines].join('\n');
    expect(all).toContain('pool');
    for (const secret of [PASSWORD, TOKEN]) expect(all).not.toContain(secret);
  });

  it('stay what they are when their mask is written back, and when the same is written', async () => {
    const before = await references('site-vault');
    await client.update(`${SITE}:vault:`, {
      config_values: { ntp: 'other', db_password: MASK, 'api_token:VM': TOKEN, bmc: { admin_password: MASK } },
    });
    expect(await references('site-vault')).toEqual([...before, ...before]);
    const patch = { config_values: { ntp: 'third' } };
    const type = { 'Content-Type': 'application/merge-patch+json' };
    expect((await rest('PATCH', 'Site/Site/vault', patch, type)).status).toBe(200);
    expect(await references('site-vault')).toEqual([...before, ...before, ...before]);
  });

  it('are another one when they are written anew', async () => {
    const [old] = await references('site-vault');
    await client.update(`${SITE}:vault:`, { config_values: { db_password: 'another-one-entirely' } });
    expect((await references('site-vault')).at(-1)).not.toBe(old);
    expect(await everything()).not.toContain('another-one-entirely');
  });

  it('cannot be pointed at from outside', async () => {
    const [id] = await references('site-vault');
    for (const key of ['stolen', 'stolen_password']) {
      const values = { config_values: { [key]: { $secret: id } } };
      await expect(client.update(`${SITE}:vault:`, values)).rejects.toMatchObject({ status: 400 });
    }
    const masked = { config_values: { new_password: MASK } };
    await expect(client.update(`${SITE}:vault:`, masked)).rejects.toMatchObject({
      body: { config_values: ['config item "new_password" is a mask, and there is no value it stands for'] },
    });
  });

  it('are erased with every value they had, for those who may change the object', async () => {
    const erase = (key: string) => rest('POST', 'Site/Site/vault/eraseSecret', { key });
    expect(await (await erase('db_password')).json()).toEqual({ value: 2 });
    expect((await erase('db_password')).status).toBe(422);
    const { rows } = await database.pool.query(
      `SELECT count(*)::int AS n FROM ledger.secrets WHERE owner = 'Site vault db_password' AND value IS NOT NULL`,
    );
    expect(rows).toEqual([{ n: 0 }]);
    expect(await client.get(`${SITE}:vault:`)).toMatchObject({ config_values: { db_password: MASK } });
  });

  it('are erased, and that is on record, where their object is gone', async () => {
    await client.create(SITE, { name: 'attic', description: 'x', config_values: { old_token: TOKEN } });
    await client.delete(`${SITE}:attic:`);
    const erase = () => rest('POST', 'Records/Secret/erase', { owner: 'Site attic old_token' });
    expect(await (await erase()).json()).toEqual({ value: 1 });
    expect((await erase()).status).toBe(422);
    const { rows } = await database.pool.query(
      `SELECT stream, meta::json ->> 'actor' AS actor FROM log.events WHERE type = 'SecretErased' ORDER BY position`,
    );
    expect(rows).toEqual([
      { stream: 'secret-!site vault db_password', actor: 'root' },
      { stream: 'secret-!site attic old_token', actor: 'root' },
    ]);
  });

  it('in lists stay with what stands beside them, and are erased there', async () => {
    const user = (name: string, password: string) => ({ user: name, password });
    const write = (...users: unknown[]) => rest('PATCH', 'Site/Site/lists', { config_values: { users } });
    await client.create(SITE, {
      name: 'lists',
      description: 'x',
      config_values: { users: [user('a', 'first-in-the-list'), user('b', 'second-in-the-list')] },
    });
    const [first, second] = await references('site-lists');
    expect((await write(user('b', MASK), user('a', MASK))).status).toBe(200);
    expect((await references('site-lists')).slice(2)).toEqual([second, first]);

    const ambiguous = await write(user('c', MASK), user('a', MASK));
    expect(await ambiguous.json()).toMatchObject({
      errors: [{ field: 'config_values', code: 'MASKED', text: expect.stringContaining('"users.0.password"') }],
    });

    const erased = await rest('POST', 'Site/Site/lists/eraseSecret', { key: 'users.0.password' });
    expect(await erased.json()).toEqual({ value: 1 });
    const { rows } = await database.pool.query<{ id: string }>(
      'SELECT id FROM ledger.secrets WHERE id = ANY ($1) AND value IS NOT NULL',
      [[first, second]],
    );
    expect(rows).toEqual([{ id: first }]);
  });

  it('have plain names, or names that a site or blueprint above declares', async () => {
    const inner = 'declared-above-as-a-secret';
    await client.create(SITE, { name: 'outer', description: 'x', config_values: { secret_names: ['bmc_pin'] } });
    const config = { parent: `${SITE}:outer:`, config_values: { bmc_pin: inner, passwd: `${inner}-2` } };
    const { object } = await client.create(SITE, { name: 'inner', description: 'x', ...config });
    expect(object).toMatchObject({ config_values: { bmc_pin: MASK, passwd: MASK } });
    const blueprint = { description: 'x', foundation_type_list: ['Manual'] };
    await client.create(BLUEPRINT, { ...blueprint, name: 'base', config_values: { secret_names: ['bmc_pin'] } });
    await client.create(BLUEPRINT, {
      ...blueprint,
      name: 'above',
      parent_list: [`${BLUEPRINT}:base:`],
      config_values: { bmc_pin: inner },
    });
    expect(await everything()).not.toContain(inner);
  });

  it('are masked where texts that use them are rendered', async () => {
    const values = { db_password: PASSWORD, dsn: 'pg://u:{{ db_password }}@h', bad: '{{ db_password|upper }}' };
    await client.create(SITE, { name: 'rendered', description: 'x', config_values: values });
    const explained = await (await rest('POST', 'Site/Site/rendered/explain')).text();
    expect(explained).toContain(`"rendered":"pg://u:${MASK}@h"`);
    expect(explained).toContain("a secret cannot be put through 'upper'");
    const [id] = await references('site-rendered');
    for (const told of [PASSWORD, id, '$secret']) expect(explained).not.toContain(told);
  });

  it('are not told by the answer to a request with a key either, nor by what is kept of it', async () => {
    const body = { name: 'keyed', description: 'x', config_values: { db_password: 'kept-nowhere-at-all' } };
    const send = () => rest('POST', 'Site/Site', body, { 'Idempotency-Key': 'make keyed' });
    for (const answer of [await send(), await send()]) {
      expect(await answer.json()).toMatchObject({ config_values: { db_password: MASK } });
    }
    expect(await everything()).not.toContain('kept-nowhere-at-all');
  });

  it('are read with their key only: a server with another one does not start', async () => {
    const CONTRACTOR_SECRET_KEY = Buffer.alloc(32, 'other').toString('base64');
    const other = startContractor({ DATABASE_URL: database.url, CONTRACTOR_SECRET_KEY });
    await expect(other).rejects.toThrow(
      'ended with 2:\nCONTRACTOR_SECRET_KEY="…": is not the key of the secrets in this database',
    );
  });
});
