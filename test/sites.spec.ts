import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const ZONE = '/api/v1/Directory/Zone';
const ENTRY = '/api/v1/Directory/Entry';
const SITE = '/api/v1/Site/Site';
const FOUNDATION = '/api/v1/BluePrint/FoundationBluePrint';
const STRUCTURE = '/api/v1/BluePrint/StructureBluePrint';
const PXE = '/api/v1/BluePrint/PXE';
const NULL = 'This field cannot be null.';
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;

const { server, client, token } = await startJourney({ CONTRACTOR_URL: 'https://contractor.test' });

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: Values) => expect(task).rejects.toMatchObject({ body });
const explained = async (path: string): Promise<Values> => {
  const response = await fetch(`${server.url}/api/rest/${path}/explain`, {
    method: 'POST',
    headers: { Authorization: `Bearer root:${token}` },
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { value: Values }).value;
};

describe('zones', () => {
  it('nest, and know their domain', async () => {
    const test = await created(ZONE, { name: 'Test' });
    const lab = await created(ZONE, { name: 'lab', parent: test, ttl: 60 });
    expect(await client.get(lab)).toEqual({
      name: 'lab',
      parent: test,
      ttl: 60,
      refresh: 86_400,
      retry: 7200,
      expire: 36_000,
      minimum: 172_800,
      updated: expect.stringMatching(MOMENT),
      created: expect.stringMatching(MOMENT),
      id: expect.any(Number),
      fqdn: 'lab.test',
    });
    await client.update(test, { name: 'example' });
    expect(await client.get(lab)).toMatchObject({ fqdn: 'lab.example' });
  });

  it('do not share their name within one zone, nor in none', async () => {
    const outer = await created(ZONE, { name: 'outer' });
    await refused(client.create(ZONE, { name: 'outer' }), {
      __all__: ['Zone with this Name and Parent already exists.'],
    });
    const inner = await created(ZONE, { name: 'outer', parent: outer });
    await refused(client.create(ZONE, { name: 'outer', parent: outer }), { __all__: [expect.any(String)] });
    await client.update(inner, { name: 'inner' });
    const other = await created(ZONE, { name: 'other' });
    await client.update(inner, { parent: other });
    expect(await client.get(inner)).toMatchObject({ fqdn: 'inner.other' });
    await created(ZONE, { name: 'inner', parent: outer });
    await refused(client.update(inner, { parent: outer }), { __all__: [expect.any(String)] });
  });

  it('of one name are made once, however many want it at the same time', async () => {
    const requests = Array.from({ length: 10 }, () => client.create(ZONE, { name: 'wanted' }));
    const outcomes = await Promise.allSettled(requests);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('have names of small letters, sensible times, and are not inside themselves', async () => {
    await refused(client.create(ZONE, { name: '9x' }), { name: ['Invalid'] });
    await refused(client.create(ZONE, { name: 'a-b' }), { name: ['Invalid'] });
    await refused(client.create(ZONE, { name: 'times', ttl: -1 }), { ttl: [expect.any(String)] });
    await refused(client.create(ZONE, {}), { name: ['This field cannot be null.'] });
    const above = await created(ZONE, { name: 'above' });
    const below = await created(ZONE, { name: 'below', parent: above });
    await refused(client.update(above, { parent: above }), { parent: ['the zone would be inside itself'] });
    await refused(client.update(above, { parent: below }), { parent: ['the zone would be inside itself'] });
    await refused(client.create(ZONE, { name: 'lost', parent: `${ZONE}:999999:` }), {
      parent: 'Invalid Value "there is no zone 999999"',
    });
  });

  it('go with the zones and entries in them, unless a site is in one of them', async () => {
    const outer = await created(ZONE, { name: 'going' });
    const inner = await created(ZONE, { name: 'inner', parent: outer });
    const entry = await created(ENTRY, { zone: inner, type: 'CNAME', name: 'www', target: 'web' });
    const site = await created(SITE, { name: 'insite', description: 'in the inner zone', zone: inner });
    await refused(client.delete(outer), { message: 'Not Deletable: used by Site insite' });
    await refused(client.delete(inner), { message: 'Not Deletable: used by Site insite' });
    await client.update(site, { zone: null });
    await client.delete(outer);
    for (const uri of [outer, inner, entry]) await expect(client.get(uri)).rejects.toMatchObject({ status: 404 });
    await refused(client.update(site, { zone: inner }), { zone: expect.stringContaining('there is no zone') });
    expect(await created(ZONE, { name: 'going' })).toMatch(/Zone/);
  });
});

describe('entries', () => {
  it('are of one zone, or of all', async () => {
    const zone = await created(ZONE, { name: 'records' });
    const mail = { zone, type: 'MX', name: 'mail', priority: 10, target: 'host1' };
    const mine = await created(ENTRY, mail);
    await created(ENTRY, { type: 'TXT', name: 'everywhere', target: 'v=spf1' });
    expect(await client.get(mine)).toMatchObject({ ...mail, weight: null, port: null });
    expect((await client.list(ENTRY, { filter: 'zone', parameters: { zone } })).uris).toEqual([mine]);
    await client.update(mine, { type: 'SRV', name: '_ldap._tcp', weight: 65_535, port: 389 });
    expect(await client.get(mine)).toMatchObject({ type: 'SRV', priority: 10, weight: 65_535, port: 389 });
    await client.delete(mine);
    expect((await client.list(ENTRY, { filter: 'zone', parameters: { zone } })).uris).toEqual([]);
  });

  it.each<[Values, Values]>([
    [
      { type: 'SRV', name: '_x._tcp', target: 'a' },
      { priority: [NULL], weight: [NULL], port: [NULL] },
    ],
    [{ type: 'MX', name: 'mail', target: 'a' }, { priority: [NULL] }],
    [{ type: 'CNAME', name: 'a', target: 'b' }, { name: ['Invalid'] }],
    [{ type: 'CNAME', name: '_a_b', target: 'b' }, { name: ['Invalid'] }],
    [{ type: 'A', name: 'host', target: 'b' }, { type: ["Value 'A' is not a valid choice."] }],
    [
      { type: 'SRV', name: 'x', target: 'a', priority: 1, weight: 65_536, port: 0 },
      { weight: ['Invalid'], port: ['Invalid'] },
    ],
    [{ type: 'TXT', name: 'txt' }, { target: [NULL] }],
  ])('are refused where something is missing: %j', (values, body) => refused(client.create(ENTRY, values), body));
});

describe('sites', () => {
  it('hand their values down, by the operators of the keys', async () => {
    const world = await created(SITE, {
      name: 'world',
      description: 'all of it',
      config_values: { dns_servers: ['10.0.0.1'], ntp: 'one', gone: 1, map: { a: 1 } },
    });
    const site = await created(SITE, {
      name: 'cellar',
      description: 'below',
      parent: world,
      config_values: {
        '>dns_servers': '10.0.0.2',
        '<ntp': 'zero,',
        '~gone': null,
        '>map': { b: 2 },
        'ntp:VM': 'x',
        t: '{{ ntp }}',
      },
    });
    const config = await client.call<Values>(`${site}(getConfig)`);
    expect(config).toEqual({
      dns_servers: ['10.0.0.1', '10.0.0.2'],
      ntp: 'zero,one',
      map: { a: 1, b: 2 },
      t: '{{ ntp }}',
      _site: 'cellar',
      __last_modified: expect.stringMatching(MOMENT),
      __timestamp: expect.stringMatching(MOMENT),
      __contractor_host: 'https://contractor.test',
      __pxe_location: 'http://static/pxe/',
    });
    await client.update(world, { config_values: { ntp: 'two' } });
    const later = await client.call<Values>(`${site}(getConfig)`);
    expect(later).toMatchObject({ ntp: 'zero,two', dns_servers: '10.0.0.2' });
    expect(String(later['__last_modified']) > String(config['__last_modified'])).toBe(true);
  });

  it('report a value that cannot be applied, and give the others', async () => {
    const above = await created(SITE, { name: 'above', description: '…', config_values: { map: { a: 1 } } });
    const below = await created(SITE, {
      name: 'below',
      description: '…',
      parent: above,
      config_values: { '>map': 's', ok: 1 },
    });
    expect(await client.call(`${below}(getConfig)`)).toMatchObject({
      map: { a: 1 },
      ok: 1,
      __faults: [{ key: '>map', error: 'ValueError', message: 'can only append/prepend dict with a dict' }],
    });
  });

  it('keep their values in the order they were written in', async () => {
    const response = await fetch(`${server.url}${SITE}`, {
      method: 'CREATE',
      headers: {
        'CInP-Version': '1.0',
        'Auth-Id': 'root',
        'Auth-Token': token,
        'Content-Type': 'application/json',
      },
      body: '{"name": "order", "description": "…", "config_values": {"10:VM": 1, "10": 2, "9": 3}}',
    });
    expect(await response.text()).toContain('"config_values":{"10:VM":1,"10":2,"9":3}');
  });

  it('say which site, event and operator a value comes from', async () => {
    const outer = await created(SITE, { name: 'outer', description: '…', config_values: { list: [1], other: 1 } });
    await created(SITE, {
      name: 'inner',
      description: '…',
      parent: outer,
      config_values: { '>list': 2, text: '{{ other }}' },
    });
    await client.update(outer, { config_values: { list: [0], other: 1 } });
    const { names } = await explained('Site/Site/inner');
    const list = (names as Values[]).find(({ name }) => name === 'list');
    expect(list).toMatchObject({
      value: [0, 2],
      steps: [
        {
          key: 'list',
          operator: 'set',
          after: [0],
          source: { kind: 'Site', id: 'outer', actor: 'root' },
        },
        {
          key: '>list',
          operator: 'append',
          before: [0],
          after: [0, 2],
          source: { kind: 'Site', id: 'inner', actor: 'root' },
        },
      ],
    });
    const positionOf = (name: string): bigint => {
      const found = (names as { name: string; steps: { source: { position: string } }[] }[]).find(
        (one) => one.name === name,
      );
      return BigInt(found?.steps[0]?.source.position ?? -1);
    };
    // The list was written anew after everything else; the other value is as it was.
    expect(positionOf('list') > positionOf('text')).toBe(true);
    expect(positionOf('other') < positionOf('text')).toBe(true);
    expect((names as Values[]).find(({ name }) => name === 'text')).toMatchObject({
      value: '{{ other }}',
      rendered: '1',
    });
  });

  it.each<[Values, Values]>([
    [{ name: 'a b' }, { name: ['Invalid'] }],
    [{ name: 'x', description: '' }, { description: ['This field cannot be blank.'] }],
    [{ name: 'x', zone: `${ZONE}:999999:` }, { zone: 'Invalid Value "there is no zone 999999"' }],
    [{ name: 'x', parent: `${SITE}:none:` }, { parent: 'Invalid Value "there is no site none"' }],
    [
      { name: 'x', config_values: { _a: 1, 'b c': 2, dns_servers: 'x', domain_search: {}, log_servers: 1, ok: 1 } },
      {
        config_values: [
          'config item name "_a" is invalid',
          'config item name "b c" is invalid',
          'config item "dns_servers" must be a list',
          'config item "domain_search" must be a list',
          'config item "log_servers" must be a list',
        ],
      },
    ],
    [{ name: 'x', config_values: [1] }, { config_values: expect.stringContaining('Map must be a dict') }],
  ])('are refused with all that is wrong: %j', (values, body) =>
    refused(client.create(SITE, { description: '…', ...values }), body),
  );

  it('are not inside themselves', async () => {
    const one = await created(SITE, { name: 'one', description: '…' });
    const two = await created(SITE, { name: 'two', description: '…', parent: one });
    await refused(client.update(one, { parent: one }), { parent: ['Site "one" would be inside itself'] });
    await refused(client.update(one, { parent: two }), { parent: ['Site "one" would be inside itself'] });
  });

  it('stay while there are sites in them', async () => {
    const full = await created(SITE, { name: 'full', description: '…' });
    const inside = await created(SITE, { name: 'inside', description: '…', parent: full });
    await refused(client.delete(full), { message: 'Not Deletable: used by Site inside' });
    await client.delete(inside);
    await client.delete(full);
    await expect(client.get(full)).rejects.toMatchObject({ status: 404 });
    await created(SITE, { name: 'full', description: 'again' });
  });
});

describe('blueprints', () => {
  it('hand their values down in the order in which parents are listed', async () => {
    const make = (name: string, values: Values) =>
      created(FOUNDATION, { name, description: '…', foundation_type_list: ['Manual'], ...values });
    const a = await make('a-base', { config_values: { x: 'a', '>list': ['a'] } });
    const b = await make('b-base', { config_values: { x: 'b', '>list': ['b'] } });
    const own = await make('own', { parent_list: [b, a], config_values: { '>list': ['own'] } });
    const config = { x: 'a', list: ['b', 'a', 'own'], _blueprint: 'own' };
    expect(await client.call(`${own}(getConfig)`)).toMatchObject(config);
    await client.update(own, { parent_list: [a, b] });
    expect(await client.call(`${own}(getConfig)`)).toMatchObject({ x: 'b', list: ['a', 'b', 'own'] });
    expect(await client.call('/api/v1/BluePrint/BluePrint:own:(getConfig)')).toMatchObject({
      x: 'b',
    });
    await refused(client.update(a, { parent_list: [own] }), {
      parent_list: ['BluePrint "a-base" would be its own parent'],
    });
    const { names } = await explained('BluePrint/FoundationBluePrint/own');
    expect((names as Values[]).map(({ name }) => name)).toEqual(['x', 'list', '_blueprint']);
    await refused(client.delete(a), { message: 'Not Deletable: used by BluePrint own' });
  });

  it('of structures name the foundations they can be put on', async () => {
    const metal = await created(FOUNDATION, { name: 'metal', description: '…', foundation_type_list: ['Manual'] });
    const base = await created(STRUCTURE, { name: 'linux', description: '…', foundation_blueprint_list: [metal] });
    const web = await created(STRUCTURE, {
      name: 'web',
      description: '…',
      parent_list: [base],
      config_values: { port: 80 },
    });
    expect(await client.get(web)).toMatchObject({ parent_list: [base], foundation_blueprint_list: [], script_map: {} });
    expect(await client.call(`${web}(getConfig)`)).toMatchObject({ port: 80, _blueprint: 'web' });
    expect((await client.list(STRUCTURE)).uris).toEqual([base, web]);
    await refused(client.create(STRUCTURE, { name: 'metal', description: '…' }), {
      name: ['Blue print with this Name already exists.'],
    });
    await refused(client.create(STRUCTURE, { name: 'x', description: '…', parent_list: [`${STRUCTURE}:metal:`] }), {
      parent_list: 'Invalid Value "there is no structure blueprint metal"',
    });
    await refused(client.update(base, { parent_list: [web] }), {
      parent_list: ['BluePrint "linux" would be its own parent'],
    });
    await refused(client.delete(metal), { message: 'Not Deletable: used by BluePrint linux' });
    await client.delete(web);
    await client.delete(base);
    await client.delete(metal);
  });

  it('have what machines boot beside them', async () => {
    const pxe = await created(PXE, { name: 'normal-boot', boot_script: 'exit', template: 'none' });
    expect(pxe).toBe(`${PXE}:normal-boot:`);
    await client.update(pxe, { boot_script: 'sanboot' });
    expect(await client.get(pxe)).toMatchObject({ name: 'normal-boot', boot_script: 'sanboot', template: 'none' });
    await refused(client.create(PXE, { name: 'x', boot_script: '', template: 'none' }), {
      boot_script: ['This field cannot be blank.'],
    });
    await refused(client.create(PXE, { name: 'any name!', boot_script: 'a', template: 'b' }), { name: ['Invalid'] });
    await client.delete(pxe);
    expect((await client.list(PXE)).uris).toEqual([]);
  });
});

describe('plots', () => {
  const PLOT = '/api/v1/Survey/Plot';

  it('nest', async () => {
    const hall = await created(PLOT, { name: 'hall', corners: 'the whole hall' });
    expect(hall).toBe(`${PLOT}:hall:`);
    const row = await created(PLOT, { name: 'row-4', corners: 'E1-E9', parent: hall });
    expect(await client.get(row)).toEqual({
      name: 'row-4',
      corners: 'E1-E9',
      parent: hall,
      updated: expect.stringMatching(MOMENT),
      created: expect.stringMatching(MOMENT),
    });
    await refused(client.update(hall, { parent: row }), { parent: ['Plot "hall" would be inside itself'] });
    await refused(client.update(hall, { parent: hall }), { parent: [expect.any(String)] });
    await refused(client.create(PLOT, { name: 'x', corners: 'y', parent: `${PLOT}:none:` }), {
      parent: 'Invalid Value "there is no plot none"',
    });
    await refused(client.create(PLOT, { name: 'a b', corners: 'y' }), { name: ['Invalid'] });
  });

  it('stay while others are within', async () => {
    await expect(client.delete(`${PLOT}:hall:`)).rejects.toMatchObject({
      body: { message: expect.stringContaining('Plot row-4') },
    });
    await client.update(`${PLOT}:row-4:`, { parent: null });
    await client.delete(`${PLOT}:hall:`);
    expect((await client.list(PLOT)).uris).toEqual([`${PLOT}:row-4:`]);
  });
});

/** The declared surface, as clients of the first server know it. */
const recorded = JSON.parse(readFileSync('test/cases/describe.json', 'utf8')) as Readonly<
  Record<string, { models?: Readonly<Record<string, Model>> }>
>;

interface Model {
  readonly fields: readonly { readonly name: string }[];
  readonly actions: Readonly<Record<string, unknown>>;
  readonly 'not-allowed-verbs': readonly string[];
  readonly 'list-filters': Readonly<Record<string, unknown>>;
}

describe.each(['Site', 'Survey', 'Directory', 'BluePrint'])('the namespace %s is described as it was', (namespace) => {
  const models = Object.entries(recorded[`/api/v1/${namespace}/`]?.models ?? {});

  it('with these models', async () => {
    const { data } = await client.describe(`/api/v1/${namespace}/`);
    const names = models.map(([name]) => `/api/v1/${namespace}/${name}`);
    expect((data['models'] as string[]).toSorted()).toEqual(names.toSorted());
  });

  it.each(models)('%s', async (name, model) => {
    const path = `/api/v1/${namespace}/${name}`;
    const { data } = await client.describe(path);
    const found = data as unknown as Model;
    const byName = (fields: Model['fields']) =>
      Object.fromEntries(fields.map(({ name: key, ...field }) => [key, field]));
    expect(byName(found.fields)).toEqual(byName(model.fields));
    expect(found['not-allowed-verbs'].toSorted()).toEqual(model['not-allowed-verbs'].toSorted());
    expect(found['list-filters']).toEqual(model['list-filters']);
    const actions = Object.keys(model.actions);
    expect(found.actions).toEqual(actions.map((action) => `${path}(${action})`));
    for (const action of actions) {
      const described = (await client.describe(`${path}(${action})`)).data;
      expect(described).toMatchObject(model.actions[action] as Values);
    }
  });
});

it('the namespaces stand in the order clients know', async () => {
  const { data } = await client.describe('/api/v1/');
  const names = (data['namespaces'] as string[]).filter((path) => path in recorded);
  expect(names).toEqual(Object.keys(recorded).filter((path) => names.includes(path)));
});

it('explanations are no affair of CInP', () => refused(client.call(`${SITE}:world:(explain)`), {}));

describe('configurations as of the past', () => {
  const rest = (method: string, path: string, body?: Values) =>
    fetch(`${server.url}/api/rest/${path}`, {
      method,
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const value = async (path: string) => ((await (await rest('POST', path)).json()) as { value: Values }).value;

  it.each([
    ['Site/Site', {}],
    ['BluePrint/FoundationBluePrint', { foundation_type_list: ['Manual'] }],
  ])('of %s are told and explained', async (model, more) => {
    const made = await rest('POST', model, { ...more, name: 'asked', description: 'x', config_values: { ntp: 'old' } });
    const position = made.headers.get('contractor-position') ?? '';
    const { updated } = (await made.json()) as { updated: string };
    await rest('PATCH', `${model}/asked`, { config_values: { ntp: 'new', more: 1 } });
    for (const at of [position, encodeURIComponent(updated)]) {
      expect(await value(`${model}/asked/getConfig?at=${at}`)).toMatchObject({ ntp: 'old' });
      expect(await value(`${model}/asked/getConfig?at=${at}`)).not.toHaveProperty('more');
      const { names } = (await value(`${model}/asked/explain?at=${at}`)) as { names: Values[] };
      expect(names).toContainEqual(expect.objectContaining({ name: 'ntp', value: 'old' }));
    }
    expect(await value(`${model}/asked/getConfig`)).toMatchObject({ ntp: 'new', more: 1 });
    const answer = await rest('POST', `${model}/asked/explain?at=${position}`);
    expect(answer.headers.get('contractor-position')).toBe(position);

    const before = String(BigInt(position) - 1n);
    expect((await rest('POST', `${model}/asked/explain?at=${before}`)).status).toBe(404);
    expect(await (await rest('POST', `${model}/asked/getConfig?at=999999999`)).json()).toMatchObject({
      errors: [{ field: 'at', code: 'AHEAD' }],
    });
    expect((await rest('POST', `${model}/asked/getConfig?att=1`)).status).toBe(400);
    expect((await rest('POST', `${model}/asked/eraseSecret?at=${position}`, { key: 'a' })).status).toBe(400);
  });

  it('are in the description of the API', async () => {
    const { paths } = (await (await rest('GET', 'Site/openapi.json')).json()) as { paths: Record<string, Values> };
    const at = { $ref: '#/components/parameters/At' };
    for (const name of ['getConfig', 'explain', 'eraseSecret']) {
      const path = Object.keys(paths).find((one) => one.endsWith(`/Site/Site/{id}/${name}`)) ?? '';
      const { post } = paths[path] as { post: { parameters: Values[] } };
      expect(post.parameters.some((one) => one['$ref'] === at.$ref)).toBe(name !== 'eraseSecret');
    }
  });
});

describe('templates that can never be rendered', () => {
  const told = "is not a valid template: No filter named 'nosuch'. (line 2)";
  const bad = '{% if false %}\n{{ x|nosuch }}{% endif %}';

  it.each([
    [SITE, { config_values: { motd: bad } }, { config_values: [`config item "motd" ${told}`] }],
    [STRUCTURE, { config_values: { a: [bad] } }, { config_values: [`config item "a.0" ${told}`] }],
    [PXE, { boot_script: bad, template: 'x' }, { boot_script: [told.replace('is ', '')] }],
    [PXE, { boot_script: '#!ipxe {# x', template: bad }, { template: [told.replace('is ', '')] }],
  ])('are refused in a new %s, and where one is changed: %j', async (model, values, body) => {
    const own = model === PXE ? { boot_script: '#!ipxe', template: 'x' } : { description: 'x' };
    const base = { name: 'rendered', ...own };
    await refused(client.create(model, { ...base, ...values }), body);
    const uri = await created(model, base);
    await refused(client.update(uri, values), body);
    await client.delete(uri);
  });
});
