import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(120_000);

/** JSON of an answer. */
type Json = ReturnType<typeof JSON.parse>;
type Values = Readonly<Record<string, Json>>;
type Reply = { readonly status: number; readonly body: Values; readonly position: string };

let database: TestDatabase;
let server: TestContractor;
let session: string;

const api = async (method: string, path: string, body?: Values, as = session): Promise<Reply> => {
  const response = await fetch(`${server.url}/api/rest/${path}`, {
    method,
    headers: {
      ...(as === '' ? {} : { Authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : (JSON.parse(text) as Values),
    position: response.headers.get('contractor-position') ?? '',
  };
};
const made = async (model: string, values: Values): Promise<Values> => {
  const { status, body } = await api('POST', model, values);
  if (status !== 201) throw new Error(`${model}: ${JSON.stringify(body)}`);
  return body;
};
const asked = async (path: string, body: Values = {}): Promise<Json> => {
  const { status, body: answer } = await api('POST', path, body);
  if (status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer['value'];
};

/** The ids of a list, or why there is none. */
const listed = async (model: string, query: string, id = 'id', as = session): Promise<unknown> => {
  const { status, body } = await api('GET', `${model}?${query}`, undefined, as);
  return status === 200 ? (body['items'] as Values[]).map((one) => one[id]) : body['errors'];
};
const hosts = (query: string) => listed('Building/Structure', `filter=selection&${query}`, 'hostname');

const ids: Record<string, number> = {};

/** A structure on a foundation of its own. */
const structure = async (hostname: string, values: Values, below: Values = {}): Promise<void> => {
  const locator = `f-${hostname}`;
  await made('Test/TestFoundation', { locator, site: values['site'], blueprint: 'base', ...below });
  const { id } = await made('Building/Structure', { hostname, foundation: locator, blueprint: 'web', ...values });
  ids[hostname] = id as number;
};

beforeAll(async () => {
  database = await testDatabase();
  server = await startContractor({ DATABASE_URL: database.url });
  session = '';
  const login = { username: 'root', password: ADMIN_PASSWORD };
  session = `root:${(await asked('Auth/User/login', login)) as string}`;
  await made('Site/Site', { name: 'campus', description: 'all of it' });
  await made('Site/Site', { name: 'hall', description: 'a hall', parent: 'campus' });
  await made('Site/Site', { name: 'abroad', description: 'somewhere else' });
  await made('BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'x',
    foundation_type_list: ['Test', 'TestComplex'],
  });
  const allowed = { description: 'x', foundation_blueprint_list: ['base'] };
  await made('BluePrint/StructureBluePrint', { name: 'linux', ...allowed });
  await made('BluePrint/StructureBluePrint', { name: 'web', ...allowed, parent_list: ['linux'] });
  await structure(
    'web1',
    { site: 'hall', labels: { service: 'shop', rack: 'r1' }, owner: 'alice' },
    { labels: { rack: 'r1' } },
  );
  await structure('web2', { site: 'campus', labels: { service: 'shop', rack: 'r2' } }, { owner: 'bob' });
  await structure('db1', { site: 'hall', blueprint: 'linux', labels: { service: 'shop' } });
  await structure('mail1', { site: 'abroad', labels: { service: 'mail', rack: 'r1' } });
  await structure('plain', { site: 'campus' });
  await api('POST', `Building/Foundation/f-web1/force`, { state: 'built' });
  await api('POST', `Building/Structure/${ids['web1']}/force`, { state: 'built' });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

describe('labels and an owner', () => {
  it('are shown, changed as a whole or merged, and taken away', async () => {
    const path = `Building/Structure/${ids['plain']}`;
    expect((await api('GET', path)).body).toMatchObject({ labels: {}, owner: null });
    const set = await api('PATCH', path, { labels: { b: '2', a: '1' }, owner: 'carol' });
    expect(set.body).toMatchObject({ labels: { a: '1', b: '2' }, owner: 'carol' });
    const merged = await fetch(`${server.url}/api/rest/${path}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${session}`, 'Content-Type': 'application/merge-patch+json' },
      body: JSON.stringify({ labels: { a: null, c: '3' } }),
    });
    expect(((await merged.json()) as Values)['labels']).toEqual({ b: '2', c: '3' });
    expect(await hosts('label=c')).toEqual(['plain']);
    expect(await hosts('label=a')).toEqual([]);
    const cleared = await api('PATCH', path, { labels: {}, owner: '' });
    expect(cleared.body).toMatchObject({ labels: {}, owner: null });
    expect(await hosts('label=c')).toEqual([]);
    expect((await api('GET', `${path}?at=${set.position}`)).body).toMatchObject({ labels: { a: '1', b: '2' } });
  });

  it('are the same of a foundation and of its platform', async () => {
    expect((await api('GET', 'Building/Foundation/f-web1')).body).toMatchObject({ labels: { rack: 'r1' } });
    await api('PATCH', 'Building/Foundation/f-plain', { labels: { rack: 'r9' }, owner: 'dora' });
    expect((await api('GET', 'Test/TestFoundation/f-plain')).body).toMatchObject({
      labels: { rack: 'r9' },
      owner: 'dora',
    });
    await api('PATCH', 'Test/TestFoundation/f-plain', { labels: null, owner: null });
    expect((await api('GET', 'Building/Foundation/f-plain')).body).toMatchObject({ labels: {}, owner: null });
  });

  it('are refused with the key, the value and the rule', async () => {
    const { status, body } = await api('PATCH', `Building/Structure/${ids['plain']}`, {
      labels: { 'a b': 'x', service: 'two,services' },
    });
    expect(status).toBe(422);
    expect(body['errors']).toEqual([
      {
        field: 'labels',
        code: 'LABEL',
        text: expect.stringContaining('"a b" is no key of a label: it must be up to 63'),
      },
      { field: 'labels', code: 'LABEL', text: expect.stringContaining('"two,services" is no service') },
    ]);
    const long = await api('PATCH', 'Building/Foundation/f-plain', { owner: 'x'.repeat(101) });
    expect([long.status, long.body['errors'][0].field]).toEqual([422, 'owner']);
  });

  it('are nothing CInP knows', async () => {
    const response = await fetch(`${server.url}/api/v1/Building/Structure:${ids['web1']}:`, {
      headers: { 'CInP-Version': '1.0', 'Auth-Id': 'root', 'Auth-Token': session.slice(5) },
    });
    const shown = (await response.json()) as Values;
    expect([response.status, 'labels' in shown, 'owner' in shown]).toEqual([200, false, false]);
  });
});

describe('a selection', () => {
  it.each<[string, readonly string[]]>([
    ['', ['web1', 'web2', 'db1', 'mail1', 'plain']],
    ['label=service=shop', ['web1', 'web2', 'db1']],
    ['label=rack', ['web1', 'web2', 'mail1']],
    ['label=rack=r1&label=service=shop', ['web1']],
    ['label=rack=none', []],
    ['site=campus', ['web1', 'web2', 'db1', 'plain']],
    ['site=campus&exact=true', ['web2', 'plain']],
    ['blueprint=linux', ['web1', 'web2', 'db1', 'mail1', 'plain']],
    ['blueprint=linux&exact=true', ['db1']],
    ['state=built', ['web1']],
    ['owner=alice', ['web1']],
    ['label=service=shop&site=campus&blueprint=web&state=planned', ['web2']],
    ['label=service=shop&count=1&position=1', ['web2']],
  ])('by "%s" selects %j', async (query, expected) => expect(await hosts(query)).toEqual(expected));

  it('also selects foundations, by whatever model', async () => {
    expect(await listed('Building/Foundation', 'filter=selection&label=rack=r1', 'locator')).toEqual(['f-web1']);
    expect(await listed('Test/TestFoundation', 'filter=selection&site=hall', 'locator')).toEqual(['f-db1', 'f-web1']);
    expect(await listed('Building/Foundation', 'filter=selection&owner=bob&state=planned', 'locator')).toEqual([
      'f-web2',
    ]);
  });

  it.each<[string, string, string]>([
    ['label=a%20b=c', 'label', '"a b=c" selects by no label: the key "a b" must be up to 63'],
    ['state=located', 'state', 'Invalid Value "located": must be one of planned, built'],
    ['exact=perhaps', 'exact', 'true or false'],
    ['colour=red', 'colour', 'is not taken here'],
  ])('by "%s" is refused', async (query, field, text) =>
    expect(await hosts(query)).toEqual([{ field, code: expect.any(String), text: expect.stringContaining(text) }]),
  );

  it('selects as of the past', async () => {
    const { position } = await api('PATCH', `Building/Structure/${ids['plain']}`, { labels: { brief: 'yes' } });
    await api('PATCH', `Building/Structure/${ids['plain']}`, { labels: {} });
    expect(await hosts('label=brief')).toEqual([]);
    expect(await hosts(`label=brief=yes&at=${position}`)).toEqual(['plain']);
  });

  it('selects jobs by what they are at work on', async () => {
    expect(await listed('Foreman/StructureJob', 'filter=selection&label=service=shop', 'structure')).toEqual([]);
    await asked(`Building/Structure/${ids['web2']}/doCreate`);
    await asked(`Building/Structure/${ids['plain']}/doCreate`);
    const jobs = (query: string) => listed('Foreman/StructureJob', `filter=selection&${query}`, 'structure');
    expect(await jobs('')).toEqual([ids['web2'], ids['plain']]);
    expect(await jobs('label=service=shop')).toEqual([ids['web2']]);
    expect(await jobs('site=hall')).toEqual([]);
    expect(await listed('Foreman/FoundationJob', 'filter=selection&owner=bob', 'foundation')).toEqual([]);
  });
});

describe('what if', () => {
  it('counts what is selected, by blueprint and site', async () => {
    const { total, blueprints, sites, states } = await asked('Building/Structure/count', {
      blueprint: 'linux',
      site: 'campus',
    });
    expect([total, states]).toEqual([4, { built: 1, planned: 3 }]);
    expect(blueprints).toEqual([
      { name: 'linux', parents: [], own: 1, total: 4, states: { planned: 1 } },
      { name: 'web', parents: ['linux'], own: 3, total: 3, states: { built: 1, planned: 2 } },
    ]);
    expect(sites).toEqual([
      { name: 'campus', parents: [], own: 2, total: 4, states: { planned: 2 } },
      { name: 'hall', parents: ['campus'], own: 2, total: 2, states: { built: 1, planned: 1 } },
    ]);
    expect((await asked('Building/Foundation/count', { label: ['rack=r1'] })).states).toEqual({ built: 1 });
  });

  it('tells of structures at a glance, a page at a time', async () => {
    const { structures, total } = await asked('Building/Structure/overview', { label: ['service=shop'] });
    expect([structures.length, total]).toEqual([3, 3]);
    expect(structures[0]).toEqual({
      id: ids['web1'],
      hostname: 'web1',
      site: 'hall',
      state: 'built',
      address: null,
      foundation: 'f-web1',
      foundation_state: 'built',
      blueprint: 'web',
      job: null,
    });
    const page = await asked('Building/Structure/overview', { label: ['service=shop'], position: 1, count: 1 });
    expect([page.structures.map(({ id }: Values) => id), page.total]).toEqual([[structures[1].id], 3]);
    const named = await asked('Building/Structure/overview', { hostname: 'web2' });
    expect(named.structures).toMatchObject([
      { id: ids['web2'], job: { on: 'Structure', script: 'create', state: 'waiting' } },
    ]);
    expect(await asked('Building/Structure/overview', { hostname: 'nobody' })).toEqual({ structures: [], total: 0 });
    expect((await api('POST', 'Building/Structure/overview', { count: 1001 })).body['errors']).toEqual([
      { field: 'count', code: 'RANGE', text: 'must be a whole number from 0 to 1000' },
    ]);
  });

  it('says what a service is made of and what carries it, and which services a site has', async () => {
    const { structures, carriers, states } = await asked('Building/Structure/getService', {
      service: 'shop',
      site: 'hall',
    });
    expect(structures.map(({ description }: Values) => description)).toEqual(['web1', 'db1']);
    expect(carriers.map((one: Values) => [one['id'], one['needed_by']])).toEqual([
      ['f-f-web1', [`s-${ids['web1']}`]],
      ['f-f-db1', [`s-${ids['db1']}`]],
    ]);
    expect(states).toEqual({ built: 1, planned: 1 });
    expect(await asked('Site/Site/campus/getServices')).toEqual({
      services: [{ service: 'shop', total: 3, states: { built: 1, planned: 2 } }],
      without: 1,
      more: false,
    });
    expect((await asked('Site/Site/campus/getServices', { exact: true })).services).toEqual([
      { service: 'shop', total: 1, states: { planned: 1 } },
    ]);
    const { status, body } = await api('POST', 'Building/Structure/getService', { service: 'a,b' });
    expect([status, body['errors'][0]]).toEqual([
      422,
      { field: 'service', code: 'PATTERN', text: '"a,b" is no name of a service' },
    ]);
  });

  it('says what is affected when all that is selected is taken down, as it is and as it was', async () => {
    const { affected, services } = await asked('Building/Foundation/selectionImpact', { label: ['rack=r1'] });
    expect(affected.map(({ description }: Values) => description)).toEqual(['web1']);
    expect(services).toEqual([{ service: 'shop', down: 1, of: 3 }]);
    const { position } = await api('GET', 'Site/Site');
    await api('PATCH', 'Building/Foundation/f-web1', { labels: {} });
    const now = await asked('Building/Foundation/selectionImpact', { label: ['rack=r1'] });
    const then = await asked(`Building/Foundation/selectionImpact?at=${position}`, { label: ['rack=r1'] });
    expect([now.affected, then.affected]).toEqual([[], affected]);
    await api('PATCH', 'Building/Foundation/f-web1', { labels: { rack: 'r1' } });
  });

  it.each([
    ['Building/Structure/count', {}],
    ['Building/Structure/overview', {}],
    ['Building/Structure/getService', { service: 'shop' }],
    ['Building/Structure/selectionImpact', {}],
    ['Site/Site/campus/getServices', {}],
    ['Site/Site/campus/getDependencyMap', {}],
    ['Building/Foundation/f-web1/impact', {}],
  ])('%s can be asked as of the past', async (path, body) => {
    const { position } = await api('GET', 'Site/Site');
    expect((await api('POST', `${path}?at=${position}`, body)).status).toBe(200);
    expect((await api('POST', `${path}?at=1`, body)).status).not.toBe(400);
  });

  it.each([
    ['/Building/Structure/count', 'Building/Structure/count', {}],
    ['/Building/Structure/overview', 'Building/Structure/overview', {}],
    ['/Building/Foundation/count', 'Building/Foundation/count', {}],
    ['/Building/Structure/getService', 'Building/Structure/getService', { service: 'shop' }],
    ['/Building/Structure/selectionImpact', 'Building/Structure/selectionImpact', {}],
    ['/Building/Foundation/{id}/impact', 'Building/Foundation/f-web1/impact', {}],
    ['/Site/Site/{id}/getServices', 'Site/Site/campus/getServices', {}],
  ])('%s answers as it is described', async (place, path, body) => {
    const document = (await api('GET', 'openapi.json')).body;
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    ajv.addSchema(document, 'document');
    const steps = ['paths', place, 'post', 'responses', '200', 'content', 'application/json', 'schema'];
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('/', '~1'))).join('/');
    const validate = ajv.compile({ $ref: `document#/${pointer}` });
    expect([validate((await api('POST', path, body)).body), validate.errors]).toEqual([true, null]);
    expect(validate({ value: { total: -1 } })).toBe(false);
  });

  it('tells a service of one site of that site alone', async () => {
    const permissions = ['Building.view_structure', 'Building.view_foundation', 'Site.view_site'];
    const { body } = await api('POST', 'Auth/Service', {
      name: 'of-campus',
      sites: ['campus'],
      modules: ['*'],
      permissions,
    });
    const { body: renewed } = await api('POST', 'Auth/Service/of-campus/renewToken');
    const service = `of-campus:${String(renewed['value'])}`;
    expect(body['name']).toBe('of-campus');
    const of = async (path: string, given: Values) => (await api('POST', path, given, service)).body['value'];
    expect(await listed('Building/Structure', 'filter=selection&site=campus', 'hostname', service)).toEqual([
      'web2',
      'plain',
    ]);
    expect((await api('POST', 'Building/Structure/count', {}, service)).status).toBe(403);
    expect((await api('POST', 'Building/Structure/count', { site: 'abroad' }, service)).status).toBe(403);
    expect((await of('Building/Structure/count', { site: 'campus' })).total).toBe(2);
    expect((await api('POST', 'Building/Structure/overview', {}, service)).status).toBe(403);
    expect((await of('Building/Structure/overview', { site: 'campus' })).total).toBe(2);
    expect((await of('Building/Structure/getService', { service: 'shop', site: 'campus' })).structures).toHaveLength(1);
    expect((await of('Site/Site/campus/getServices', {})).services[0].total).toBe(1);
  });
});
