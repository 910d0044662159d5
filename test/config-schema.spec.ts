import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startJourney } from './start-journey.ts';

jest.setTimeout(120_000);

type Values = Readonly<Record<string, unknown>>;

const { database, server, client, rest: ask } = await startJourney();

beforeAll(async () => {
  await rest('POST', 'Site/Site', { name: 'site1', description: 'a site' });
  await rest('POST', 'BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'a base',
    foundation_type_list: ['Test'],
    config_schema: { rack: { type: 'integer', required: true } },
    config_values: { rack: 1 },
  });
});

/** The answer to a request that is granted. */
const rest = async (method: string, path: string, body?: Values): Promise<Values> => {
  const answer = await ask(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer));
  return answer.body;
};
const call = async (path: string, body: Values = {}): Promise<Values> =>
  (await rest('POST', path, body))['value'] as Values;

const WEB = {
  port: { type: 'integer', required: true, minimum: 1 },
  admin: { type: 'text', required: true },
  motd: { type: 'text', default: 'on {{ port }}' },
};
let count = 0;
/** A new structure of a blueprint, on a foundation of its own. @returns its path */
const newStructure = async (blueprint: string, config_values: Values = {}): Promise<string> => {
  count += 1;
  const locator = `host${count}`;
  await rest('POST', 'Test/TestFoundation', { locator, site: 'site1', blueprint: 'base' });
  const made = { hostname: locator, site: 'site1', blueprint, foundation: locator, config_values };
  return `Building/Structure/${String((await rest('POST', 'Building/Structure', made))['id'])}`;
};
const newBlueprint = (name: string, values: Values) =>
  rest('POST', 'BluePrint/StructureBluePrint', {
    name,
    description: 'a blueprint',
    foundation_blueprint_list: ['base'],
    ...values,
  });
const uriOf = (path: string): string => `/api/v1/${path.replace(/\/([^/]+)$/, ':$1:')}`;

describe('the schema of a blueprint', () => {
  it('is a field of REST, and none of CInP', async () => {
    await newBlueprint('web', { config_schema: WEB });
    expect(await rest('GET', 'BluePrint/StructureBluePrint/web')).toMatchObject({ config_schema: WEB });
    expect(await rest('GET', 'BluePrint/FoundationBluePrint/base')).toMatchObject({
      config_schema: { rack: { type: 'integer' } },
    });
    const uri = '/api/v1/BluePrint/StructureBluePrint:web:';
    expect(await client.get(uri)).not.toHaveProperty('config_schema');
    await expect(client.update(uri, { config_schema: {} })).rejects.toThrow();
    await client.update(uri, { description: 'changed' });
    expect(await rest('GET', 'BluePrint/StructureBluePrint/web')).toMatchObject({ config_schema: WEB });
  });

  it('is refused with every key and rule that is wrong, where it is made and where it is changed', async () => {
    const config_schema = { port: { type: 'int' }, '>dns': { type: 'list' }, motd: { type: 'text', minimum: 1 } };
    const errors = [
      'key "port": "type" must be one of text, integer, number, boolean, list, map',
      'key ">dns" is no name of a config item',
      'key "motd": "minimum" is for integers, numbers, lists and maps',
    ].map((text) => ({ field: 'config_schema', code: 'SCHEMA', text }));
    const refused = { status: 422, body: { errors } };
    const made = { name: 'wrong', description: 'x', foundation_blueprint_list: [], config_schema };
    expect(await ask('POST', 'BluePrint/StructureBluePrint', made)).toMatchObject(refused);
    expect(await ask('PATCH', 'BluePrint/StructureBluePrint/web', { config_schema })).toMatchObject(refused);
  });

  it('gives values where no layer does, and says which blueprint declares them', async () => {
    const structure = await newStructure('web', { port: 8080, '>motd': '!' });
    const { motd } = await call(`${structure}/getConfig`);
    expect(motd).toBe('on 8080!');
    const { names } = (await call(`${structure}/explain`)) as { names: { name: string; steps: Values[] }[] };
    expect(names.find(({ name }) => name === 'motd')?.steps).toMatchObject([
      { source: { kind: 'Default', id: 'web', actor: 'root', position: expect.any(String) }, value: 'on {{ port }}' },
      { source: { kind: 'Structure' }, key: '>motd', after: 'on {{ port }}!' },
    ]);
    expect(await call('BluePrint/StructureBluePrint/web/getConfig')).toMatchObject({ motd: 'on {{ port }}' });
    await rest('PATCH', 'BluePrint/StructureBluePrint/web', {
      config_schema: { ...WEB, motd: { type: 'text', default: 'other' } },
    });
    expect((await call(`${structure}/getConfig`))['motd']).toBe('other!');
    await rest('PATCH', 'BluePrint/StructureBluePrint/web', { config_schema: WEB });
  });

  it('is handed down to the children of a blueprint, which say otherwise key by key', async () => {
    await newBlueprint('heir', {
      parent_list: ['web'],
      foundation_blueprint_list: [],
      config_schema: { admin: { type: 'list', default: ['root'] } },
    });
    const structure = await newStructure('heir', { port: '80' });
    expect(await call(`${structure}/checkConfig`)).toMatchObject({
      declared: [
        { key: 'port', rules: WEB.port, by: { kind: 'BluePrint', id: 'web' } },
        { key: 'admin', rules: { type: 'list' }, by: { kind: 'BluePrint', id: 'heir' } },
        { key: 'motd', by: { id: 'web' } },
      ],
      failures: [{ key: 'port', rule: 'type', value: '80', source: { kind: 'Structure' }, declaredBy: { id: 'web' } }],
    });
  });
});

describe('a job', () => {
  const texts = (structure: string) => [
    `"port" must be an integer, is text ("http" of Structure ${structure.split('/')[2]}), as BluePrint web declares`,
    '"admin" is missing, as BluePrint web declares',
  ];

  it('is not made where the configuration is not what is declared: all of that is told at once', async () => {
    const structure = await newStructure('web', { port: 'http' });
    const [first, second] = texts(structure);
    expect(await ask('POST', `${structure}/doCreate`)).toMatchObject({
      status: 409,
      body: {
        errors: [
          { field: 'port', code: 'INVALID_CONFIG', text: first },
          { field: 'admin', code: 'INVALID_CONFIG', text: second },
        ],
      },
    });
    await expect(client.call(`${uriOf(structure)}(doCreate)`, {})).rejects.toMatchObject({
      status: 400,
      body: { exception: 'ForemanException', error: 'INVALID_CONFIG', message: `${first}; ${second}` },
    });
    expect(await call(`${structure}/checkConfig`)).toMatchObject({
      failures: [
        { key: 'port', rule: 'type', text: first, value: 'http', source: { kind: 'Structure', actor: 'root' } },
        { key: 'admin', rule: 'required', text: second },
      ],
    });
    expect(await rest('GET', structure)).toMatchObject({ state: 'planned' });
    await rest('PATCH', 'Site/Site/site1', { config_values: { admin: 'root' } });
    await call(`${structure}/updateConfig`, { config_value_map: { port: 80 } });
    expect(await call(`${structure}/checkConfig`)).toMatchObject({ failures: [] });
    expect(await call(`${structure}/doCreate`)).toEqual(expect.any(Number));
    await rest('PATCH', 'Site/Site/site1', { config_values: {} });
  });

  it('of a foundation asks what the blueprint of the foundation declares', async () => {
    await rest('POST', 'Test/TestFoundation', { locator: 'racked', site: 'site1', blueprint: 'base' });
    await rest('PATCH', 'BluePrint/FoundationBluePrint/base', { config_values: {} });
    expect(await ask('POST', 'Building/Foundation/racked/doCreate')).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'rack', text: '"rack" is missing, as BluePrint base declares' }] },
    });
    await rest('PATCH', 'BluePrint/FoundationBluePrint/base', { config_values: { rack: 1 } });
    expect(await call('Building/Foundation/racked/doCreate')).toEqual(expect.any(Number));
  });

  it('that destroys is made whatever has been declared since; a utility job is not', async () => {
    const structure = await newStructure('web');
    await rest('POST', `Building/Foundation/host${count}/force`, { state: 'built' });
    await rest('POST', `${structure}/force`, { state: 'built' });
    await rest('POST', 'BluePrint/Script', { name: 'look', description: 'x', script: '# nothing\n' });
    await rest('POST', 'BluePrint/BluePrintScript', { name: 'look', blueprint: 'web', script: 'look' });
    expect(await ask('POST', `${structure}/doJob`, { name: 'look' })).toMatchObject({ status: 409 });
    expect(await call(`${structure}/doDestroy`)).toEqual(expect.any(Number));
  });

  it('of a dependency asks what the blueprint of the structure declares whose script it runs', async () => {
    const structure = await newStructure('web', { port: 1 });
    await rest('POST', `${structure}/force`, { state: 'built' });
    await rest('POST', 'BluePrint/BluePrintScript', { name: 'open', blueprint: 'web', script: 'look' });
    const { id } = await rest('POST', 'Building/Dependency', {
      structure: Number(structure.split('/')[2]),
      link: 'soft',
      create_script_name: 'open',
    });
    const path = `Building/Dependency/${String(id)}`;
    expect(await ask('POST', `${path}/doCreate`)).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'admin' }] },
    });
    await call(`${structure}/updateConfig`, { config_value_map: { admin: 'root' } });
    expect(await call(`${path}/doCreate`)).toEqual(expect.any(Number));
  });
});

describe('a key that is declared a secret', () => {
  const MASKED = '********';
  const PIN = { bmc_pin: { type: 'text', secret: true, required: true } };
  const events = async (): Promise<string> => {
    const { rows } = await database.pool.query<{ data: string }>('SELECT data::text FROM log.events ORDER BY position');
    return rows.map(({ data }) => data).join('\n');
  };

  it('is one wherever it was written in clear text before, as soon as that is answered', async () => {
    await rest('POST', 'Site/Site', { name: 'safe', description: 'x', config_values: { bmc_pin: 'site-1234' } });
    await newBlueprint('safe', { config_values: { users: [{ name: 'a', bmc_pin: 'blueprint-1234' }] } });
    await rest('POST', 'Test/TestFoundation', { locator: 'safe', site: 'safe', blueprint: 'base' });
    const made = { hostname: 'safe', site: 'safe', blueprint: 'safe', foundation: 'safe' };
    const { id, config_uuid: uuid } = await rest('POST', 'Building/Structure', {
      ...made,
      config_values: { bmc_pin: 'structure-1234', url: 'x://{{ bmc_pin }}' },
    });
    const structure = `Building/Structure/${String(id)}`;
    expect(await call(`${structure}/getConfig`)).toMatchObject({
      bmc_pin: 'structure-1234',
      url: 'x://structure-1234',
    });
    const { rows } = await database.pool.query<{ head: string }>('SELECT max(position) AS head FROM log.events');
    const before = String(rows[0]?.head);

    await rest('PATCH', 'BluePrint/StructureBluePrint/web', { config_schema: { ...WEB, ...PIN } });

    expect(await rest('GET', 'Site/Site/safe')).toMatchObject({ config_values: { bmc_pin: MASKED } });
    expect(await rest('GET', structure)).toMatchObject({
      config_values: { bmc_pin: MASKED, url: 'x://{{ bmc_pin }}' },
    });
    expect(await rest('GET', 'BluePrint/StructureBluePrint/safe')).toMatchObject({
      config_values: { users: [{ name: 'a', bmc_pin: MASKED }] },
    });
    for (const path of [structure, 'Site/Site/safe', 'BluePrint/StructureBluePrint/safe']) {
      for (const action of ['getConfig', 'explain', `getConfig?at=${before}`, `explain?at=${before}`]) {
        expect(`${path}/${action} ${JSON.stringify(await call(`${path}/${action}`))}`).not.toContain('-1234');
      }
    }
    // The machine itself has what it had.
    const own = await fetch(`${server.url}/config/config/c/${String(uuid)}`);
    expect(await own.json()).toMatchObject({ bmc_pin: 'structure-1234', url: 'x://structure-1234' });
  });

  it('is kept encrypted from then on, wherever it is written, and no job is made without it', async () => {
    const already = (await events()).split('-1234').length;
    await rest('PATCH', 'Site/Site/safe', { config_values: { bmc_pin: 'new-1234' } });
    const structure = await newStructure('web', { bmc_pin: 'also-1234', port: 1, admin: 'x' });
    expect(await rest('GET', structure)).toMatchObject({ config_values: { bmc_pin: MASKED } });
    expect(await call(`${structure}/checkConfig`)).toMatchObject({ failures: [] });
    expect((await events()).split('-1234')).toHaveLength(already);
    const without = await newStructure('web', { port: 1, admin: 'x' });
    expect(await ask('POST', `${without}/doCreate`)).toMatchObject({ body: { errors: [{ field: 'bmc_pin' }] } });
  });

  it('is none any more where nobody declares it', async () => {
    await rest('PATCH', 'BluePrint/StructureBluePrint/web', { config_schema: WEB });
    await rest('PATCH', 'Site/Site/site1', { config_values: { bmc_pin: 'open' } });
    expect(await rest('GET', 'Site/Site/site1')).toMatchObject({ config_values: { bmc_pin: 'open' } });
    // What was sealed stays so.
    expect(await rest('GET', 'Site/Site/safe')).toMatchObject({ config_values: { bmc_pin: MASKED } });
    await newBlueprint('gone', { config_schema: PIN });
    expect(await rest('GET', 'Site/Site/site1')).toMatchObject({ config_values: { bmc_pin: MASKED } });
    await rest('DELETE', 'BluePrint/StructureBluePrint/gone');
    await rest('PATCH', 'Site/Site/site1', { config_values: { bmc_pin: 'open' } });
    expect(await rest('GET', 'Site/Site/site1')).toMatchObject({ config_values: { bmc_pin: 'open' } });
  });
});
