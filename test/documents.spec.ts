import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(240_000);

const SITE = '/api/v1/Site/Site:site1:';
/** A value in which the uuid of the configuration stands. */
const URL_OF_IT = 'http://contractor/config/config/c/{{ _structure_config_uuid }}';
let database: TestDatabase;
let server: TestContractor;
let client: CinpClient;
let session: Readonly<Record<string, string>>;
let structure: { readonly id: number; readonly uuid: string };

beforeAll(async () => {
  database = await testDatabase();
  server = await startContractor({ DATABASE_URL: database.url });
  client = new CinpClient(server.url, { version: '1.0' });
  session = { 'Auth-Id': 'root', 'Auth-Token': await client.login('root', ADMIN_PASSWORD) };
  await client.create('/api/v1/Site/Site', {
    name: 'site1',
    description: 'a site',
    config_values: {
      db_password: 'hush',
      dsn: 'pg://{{ db_password }}@{{ _hostname }}',
      keys: { odd_password: 'a{{ b }}{%\n' },
    },
  });
  const base = await client.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'a base',
    foundation_type_list: ['Manual'],
  });
  const web = await client.create('/api/v1/BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'a server',
    foundation_blueprint_list: [base.uri],
  });
  await client.create('/api/v1/Manual/ManualFoundation', { locator: 'Host1', site: SITE, blueprint: base.uri });
  const { uri } = await client.create('/api/v1/Building/Structure', {
    hostname: 'web1',
    site: SITE,
    blueprint: web.uri,
    foundation: '/api/v1/Building/Foundation:Host1:',
  });
  const { id, config_uuid: uuid } = await client.get(uri);
  structure = { id: Number(id), uuid: String(uuid) };
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const get = async (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
  const response = await fetch(`${server.url}/config/${path}`, { method, headers });
  return { status: response.status, type: response.headers.get('Content-Type'), text: await response.text() };
};

describe('the configuration of a machine', () => {
  it('is given to whoever knows its uuid, with any verb, and its secrets in clear text', async () => {
    for (const [path, method] of [
      [`config/c/${structure.uuid}`, 'GET'],
      [`CONFIG/C/${structure.uuid.toUpperCase()}`, 'DELETE'],
    ] as const) {
      const { status, type, text } = await get(path, {}, method);
      expect([status, type]).toEqual([200, 'application/json;charset=utf-8']);
      expect(JSON.parse(text)).toMatchObject({
        _hostname: 'web1',
        _structure_config_uuid: structure.uuid,
        db_password: 'hush',
        dsn: 'pg://hush@web1',
        keys: { odd_password: 'a{{ b }}{%\n' },
      });
    }
  });

  it('is shown by id and locator to people with a session, with the secrets in it masked', async () => {
    const masked = { db_password: '********', _foundation_locator: 'Host1' };
    for (const path of [`config/s/${structure.id}`, 'config/f/Host1']) {
      const { status, text } = await get(path, session);
      expect([path, status]).toEqual([path, 200]);
      expect(JSON.parse(text)).toMatchObject(masked);
      expect(text).not.toContain('hush');
      expect(await get(path)).toMatchObject({ status: 401, text: '{"message":"Invalid Session"}' });
    }
    await client.create('/api/v1/Site/Site', { name: 'site2', description: 'another site' });
  });

  it('is shown without the uuid to those who may see structures, and not by which uuid machines get their secrets', async () => {
    const rest = async (path: string, method = 'GET', body?: object, headers = session) => {
      const response = await fetch(`${server.url}/api/rest/${path}`, {
        method,
        headers: {
          ...headers,
          'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: response.status, text: await response.text() };
    };
    const permissions = ['Building.view_structure', 'Building.change_structure', 'Building.can_config_structure'];
    const may = async (...more: readonly string[]) =>
      rest('Auth/Account/viewer', 'PATCH', { permissions: [...permissions, ...more] });
    expect((await rest('Auth/Account', 'POST', { name: 'viewer', permissions })).status).toBe(201);
    await rest('Auth/Account/viewer/setPassword', 'POST', { password: 'a long password' });
    const viewing = new CinpClient(server.url, { version: '1.0' });
    const viewer = { 'Auth-Id': 'viewer', 'Auth-Token': await viewing.login('viewer', 'a long password') };
    const uri = `/api/v1/Building/Structure:${structure.id}:`;
    const id = `Building/Structure/${structure.id}`;
    const all = async (): Promise<readonly string[]> => [
      JSON.stringify(await viewing.get(uri)),
      JSON.stringify(await viewing.call(`${uri}(getConfig)`)),
      JSON.stringify(await viewing.call(`${uri}(updateConfig)`, { config_value_map: { url: URL_OF_IT } })),
      (await rest(id, 'GET', undefined, viewer)).text,
      (await rest('Building/Structure', 'GET', undefined, viewer)).text,
      (await rest(`${id}/getConfig`, 'POST', {}, viewer)).text,
      (await rest(`${id}/explain`, 'POST', {}, viewer)).text,
      (await get(`config/s/${structure.id}`, viewer)).text,
    ];
    const hidden = await all();
    for (const text of hidden) expect([text, text.includes(structure.uuid)]).toEqual([expect.any(String), false]);
    for (const text of hidden) expect(text).toContain('********');
    // What was shown may be sent back.
    const before = await viewing.get(uri);
    expect(before).toMatchObject({ config_uuid: '********', hostname: 'web1' });
    expect(await viewing.update(uri, { ...before, hostname: 'web1' })).toMatchObject({ config_uuid: '********' });
    expect((await may('Building.can_view_config_uuid')).status).toBe(200);
    for (const text of await all()) expect(text).toContain(structure.uuid);
  });

  it('is not shown to services of other sites, nor to those who may not see such objects', async () => {
    const made = await fetch(`${server.url}/api/rest/Auth/Service`, {
      method: 'POST',
      headers: { ...session, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        name: 'elsewhere',
        sites: ['site2'],
        modules: ['*'],
        permissions: ['Building.view_structure'],
      }),
    });
    expect(made.status).toBe(201);
    const renewed = await fetch(`${server.url}/api/rest/Auth/Service/elsewhere/renewToken`, {
      method: 'POST',
      headers: session,
    });
    const { value: token } = (await renewed.json()) as { value: string };
    const service = { 'Auth-Id': 'elsewhere', 'Auth-Token': token };
    for (const path of [`config/s/${structure.id}`, 'config/f/Host1']) {
      expect([403, 404]).toContain((await get(path, service)).status);
    }
  });

  it.each([
    ['config/c/0e2c1d5e-6c0f-4a53-9d2b-6f3c1a7f0d11', 404, 'Config UUID Not Found'],
    ['config/s/999999', 404, 'Structure Not Found'],
    ['config/f/host1', 404, 'Foundation Not Found'],
    ['config/a/10.0.0.1', 404, 'Address Not Found or is Duplicate'],
    ['config/', 404, 'Address Not Found or is Duplicate'],
    ['config/x/1', 400, 'Invalid config uri'],
    ['', 400, 'Invalid config uri'],
  ])('%j answers %d %s', async (path, status, text) =>
    expect(await get(path, session)).toMatchObject({ status, text }),
  );

  it('is one of three documents; what a machine boots is empty as long as it has no network interface', async () => {
    expect(await get(`other/c/${structure.uuid}`)).toMatchObject({ status: 400, text: 'Invalid request type' });
    for (const type of ['boot_script', 'pxe_template']) {
      expect(await get(`${type}/c/${structure.uuid}`)).toEqual({
        status: 200,
        type: 'text/plain;charset=utf-8',
        text: '',
      });
    }
  });
});
