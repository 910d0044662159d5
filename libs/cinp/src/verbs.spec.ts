import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ExampleObjects } from '../test/example-objects.ts';
import { exampleObjects, SITE, FOUNDATION, NETWORK } from '../test/example-objects.ts';

jest.setTimeout(240_000);

let server: ExampleObjects;
const ask: ExampleObjects['ask'] = (...sent) => server.ask(...sent);
const root: ExampleObjects['root'] = (...sent) => server.root(...sent);

beforeAll(async () => {
  server = await exampleObjects();
});
afterAll(() => server.stop());

describe('GET', () => {
  it('answers one object as it is', async () => {
    const reply = await root('GET', `${FOUNDATION}:web1:`);
    expect([reply.status, reply.headers['verb'], reply.headers['multi-object']]).toEqual([200, 'GET', 'False']);
    expect(reply.body).toEqual({
      locator: 'web1',
      site: `${SITE}:a:`,
      id_map: "{'mac': None}",
      located_at: null,
      type: 'Manual',
      class_list: "['VM', 'Metal']",
    });
  });

  it('shows the same object by its base', async () => {
    const { body } = await root('GET', '/api/v1/Building/Foundation:web1:');
    expect(body).toMatchObject({ locator: 'web1', structure: null });
  });

  it.each([
    [`${SITE}:a:b:`, {}, ['a', 'b']],
    [`${SITE}:a:b:`, { 'Multi-Object': 'True' }, ['a', 'b']],
    [`${SITE}:a:`, { 'Multi-Object': 'true' }, ['a']],
    [`${SITE}:a:a:`, {}, ['a']],
    [`${SITE}:b:a:b:`, {}, ['b', 'a']],
  ])('answers several by their URIs: %s %j', async (path, headers, names) => {
    const reply = await root('GET', path, undefined, headers);
    expect(reply.headers['multi-object']).toBe('True');
    expect(Object.keys(reply.body as object)).toEqual(names.map((name) => `${SITE}:${name}:`));
  });

  it('takes a hundred ids', async () => {
    expect((await root('GET', `${SITE}:${'a:'.repeat(100)}`)).status).toBe(200);
  });
});

describe('LIST', () => {
  const list = async (headers: Record<string, string>, body?: unknown, path = NETWORK) => {
    const reply = await root('LIST', path, body, headers);
    const { count, position, total, 'id-only': idOnly } = reply.headers;
    return { status: reply.status, body: reply.body, page: [count, position, total, idOnly] };
  };
  const uris = (...ids: number[]) => ids.map((id) => `${NETWORK}:${id}:`);

  it.each<[Record<string, string>, unknown, string[]]>([
    [{}, uris(7, 9, 10, 100), ['4', '0', '4', 'False']],
    [{ Position: '1', Count: '2' }, uris(9, 10), ['2', '1', '4', 'False']],
    [{ Position: '3', Count: '1000000' }, uris(100), ['1', '3', '4', 'False']],
    [{ Position: '4' }, [], ['0', '4', '4', 'False']],
    [{ Count: '0' }, [], ['0', '0', '4', 'False']],
    [{ Count: ' +2 ' }, uris(7, 9), ['2', '0', '4', 'False']],
    [{ Count: '99999999999999999999' }, uris(7, 9, 10, 100), ['4', '0', '4', 'False']],
    [{ Count: '2', 'Id-Only': 'True' }, ['7', '9'], ['2', '0', '4', 'True']],
    [{ Count: '1', 'Id-Only': 'no' }, uris(7), ['1', '0', '4', 'False']],
    [{ Filter: '_query_' }, uris(7, 9, 10, 100), ['4', '0', '4', 'False']],
  ])('%j', async (headers, body, page) => {
    expect(await list(headers)).toEqual({ status: 200, body, page });
  });

  it.each<[Record<string, string>, unknown, unknown]>([
    [{ Count: 'x' }, undefined, { message: 'Count and Position must be integers if specified' }],
    [{ Position: '1.5' }, undefined, { message: 'Count and Position must be integers if specified' }],
    [{ Count: '' }, undefined, { message: 'Count and Position must be integers if specified' }],
    [{ Count: '-1' }, undefined, { message: 'Count and Position must not be negative' }],
    [{ Filter: 'x' }, undefined, { message: 'Invalid Filter Name "x"' }],
    [{ Filter: 'toString' }, undefined, { message: 'Invalid Filter Name "toString"' }],
    [{ Filter: 'parent' }, undefined, { parent: 'Required Paramater' }],
    [{ Filter: 'parent' }, { parent: 'a' }, { parent: 'Invalid Value "Unable to Parse "a""' }],
    [
      { Filter: '_query_' },
      { filter: { field: 'name', operation: '=', value: 'a' } },
      { filter: ['field "name" can not be queried'] },
    ],
    [{ Filter: '_query_' }, { sort: ['~name'] }, { sort: 'field "name" can not be sorted by' }],
  ])('refuses %j %j', async (headers, body, error) => {
    expect(await list(headers, body, SITE)).toMatchObject({ status: 400, body: error });
  });

  it('finds what a filter finds', async () => {
    expect(await list({ Filter: 'parent' }, { parent: `${SITE}:a:`, more: 1 }, SITE)).toMatchObject({
      body: [`${SITE}:child:`],
      page: ['1', '0', '1', 'False'],
    });
    expect(await list({ Filter: 'parent' }, { parent: null }, SITE)).toMatchObject({ status: 200, body: [] });
  });

  it('lists the objects of one kind by their own URIs', async () => {
    expect((await list({}, undefined, FOUNDATION)).body).toEqual([`${FOUNDATION}:busy:`, `${FOUNDATION}:web1:`]);
    expect((await list({}, undefined, '/api/v1/Blade/BladeFoundation')).body).toEqual([]);
  });
});

describe('CREATE', () => {
  it('answers 201 with the whole object and where it is', async () => {
    const reply = await root('CREATE', SITE, { name: 'new', description: 5, config_values: '', parent: '' });
    expect([reply.status, reply.headers['object-id'], reply.headers['verb']]).toEqual([201, `${SITE}:new:`, 'CREATE']);
    expect(reply.names).toContain('Object-Id');
    expect(reply.body).toEqual({
      name: 'new',
      description: '5',
      parent: null,
      config_values: {},
      message: null,
      updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
      created: expect.any(String),
    });
    expect((await root('GET', `${SITE}:new:`)).body).toEqual(reply.body);
  });

  it.each<[string, unknown, unknown]>([
    ['an unknown field', { bogus: 1 }, { message: 'no field named "bogus"' }],
    ['a field of all objects', JSON.parse('{"__proto__":1}'), { message: 'no field named "__proto__"' }],
    [
      'read-only fields',
      { name: 'x', updated: 'now', created: '' },
      { updated: 'Not Writeable', created: 'Not Writeable' },
    ],
    [
      'values that cannot be read',
      { name: 'x'.repeat(41), parent: SITE, config_values: [] },
      {
        name: 'Invalid Value "Value to long"',
        parent: `Invalid Value ""${SITE}" is not one object"`,
        config_values: 'Invalid Value "Map must be a dict"',
      },
    ],
    [
      'nothing where something must be',
      {},
      { name: ['This field cannot be null.'], description: ['This field cannot be null.'] },
    ],
    [
      'a reference to nothing',
      { name: 'x', description: 'y', parent: `${SITE}:z:` },
      { parent: `Invalid Value "Object "${SITE}:z:" for model "${SITE}" NotFound"` },
    ],
    [
      'several faults of a field',
      { name: '-', description: '' },
      { name: ['Invalid'], description: ['This field cannot be blank.'] },
    ],
    ['the whole object', { name: 'x', description: 'x' }, { message: 'name and description are the same' }],
    [
      'the whole object and a field',
      { name: '-x', description: '-x' },
      { __all__: ['name and description are the same'], name: ['Invalid'] },
    ],
    ['a field that is called message', { name: 'x', description: 'y', message: 'bad' }, { message: 'is bad' }],
    ['what is there already', { name: 'a', description: 'y' }, { name: ['site with this Name already exists.'] }],
    ['an id that no URI can hold', { name: 'a b', description: 'y' }, { name: ['Invalid'] }],
    ['the id `.`', { name: '.', description: 'y' }, { name: ['Invalid'] }],
    ['the id `..`', { name: '..', description: 'y' }, { name: ['Invalid'] }],
  ])('refuses %s', async (_, body, error) => {
    const reply = await root('CREATE', SITE, body);
    expect([reply.status, reply.body]).toEqual([400, error]);
  });

  it('passes over read-only fields that are null, as in an object that was never filled', async () => {
    const reply = await root('CREATE', SITE, { name: 'null-moments', description: 'y', updated: null });
    expect(reply.status).toBe(201);
  });

  it('takes the text of old clients for every type', async () => {
    const reply = await root('CREATE', NETWORK, {
      name: 12,
      site: `${SITE}:a:`,
      mtu: '512',
      is_primary: 'true',
      expires: '2026-11-20T13:04:26+01:00',
      neighbours: [`${NETWORK}:7:`],
    });
    expect(reply.headers['object-id']).toBe(`${NETWORK}:512:`);
    expect(reply.body).toEqual({
      name: '12',
      site: `${SITE}:a:`,
      mtu: 512,
      level: 'soft',
      neighbours: [`${NETWORK}:7:`],
      is_primary: true,
      expires: '2026-11-20T12:04:26.000000+00:00',
      size: '254',
      isIpV4: 'True',
      id: 512,
    });
  });

  it('accepts a choice that is none as a fault of the field', async () => {
    const reply = await root('CREATE', NETWORK, { name: 'x', site: `${SITE}:a:`, mtu: 1, level: 'odd' });
    expect([reply.status, reply.body]).toEqual([400, { level: ["Value 'odd' is not a valid choice."] }]);
  });
});

describe('UPDATE', () => {
  it('answers the changed object', async () => {
    const reply = await root('UPDATE', `${SITE}:c:`, { description: 'changed' });
    expect([reply.status, reply.headers['verb'], reply.headers['multi-object']]).toEqual([200, 'UPDATE', 'False']);
    expect(reply.body).toMatchObject({ name: 'c', description: 'changed' });
  });

  it('of nothing is an update', async () => {
    const before = (await root('GET', `${SITE}:c:`)).body as { updated: string };
    const after = (await root('UPDATE', `${SITE}:c:`, {})).body as { updated: string };
    expect(after.updated > before.updated).toBe(true);
  });

  it('takes a whole object back', async () => {
    const { body } = await root('GET', `${SITE}:child:`);
    expect((await root('UPDATE', `${SITE}:child:`, body)).status).toBe(200);
    const foundation = (await root('GET', `${FOUNDATION}:web1:`)).body;
    expect((await root('UPDATE', `${FOUNDATION}:web1:`, foundation)).body).toEqual(foundation);
  });

  it('takes what is repeated from those who may change but not read', async () => {
    const body = { name: 'c', description: 'by the writer' };
    expect((await ask('UPDATE', `${SITE}:c:`, { as: 'writer', body })).status).toBe(200);
  });

  it.each<[string, unknown, unknown]>([
    ['another id', { name: 'other', description: 'x' }, { name: 'Not Writeable' }],
    ['no id', { name: null }, { name: 'Not Writeable' }],
    [
      'an id that cannot be read',
      { name: [], parent: 1 },
      { name: 'Not Writeable', parent: 'Invalid Value "Unable to Parse "1""' },
    ],
    ['an unknown field', { bogus: 1 }, { message: 'no field named "bogus"' }],
    ['nothing where something must be', { description: null }, { description: ['This field cannot be null.'] }],
    [
      'a reference to nothing',
      { parent: `${SITE}:z:` },
      { parent: `Invalid Value "Object "${SITE}:z:" for model "${SITE}" NotFound"` },
    ],
  ])('refuses %s', async (_, body, error) => {
    const before = (await root('GET', `${SITE}:c:`)).body;
    const reply = await root('UPDATE', `${SITE}:c:`, body);
    expect([reply.status, reply.body]).toEqual([400, error]);
    expect((await root('GET', `${SITE}:c:`)).body).toEqual(before);
  });

  it('changes several objects, all or none', async () => {
    const reply = await root('UPDATE', `${SITE}:a:b:`, { message: 'hello' });
    expect(reply.headers['multi-object']).toBe('True');
    expect(reply.body).toMatchObject({ [`${SITE}:a:`]: { message: 'hello' }, [`${SITE}:b:`]: { message: 'hello' } });
    expect((await root('UPDATE', `${SITE}:a:b:`, { name: 'a', message: 'no' })).body).toEqual({
      name: 'Not Writeable',
    });
    expect((await root('UPDATE', `${SITE}:a:nope:`, { message: 'no' })).status).toBe(404);
    expect((await root('GET', `${SITE}:a:`)).body).toMatchObject({ message: 'hello' });
  });
});

describe('DELETE', () => {
  it('answers nothing', async () => {
    for (const name of ['d1', 'd2']) await root('CREATE', SITE, { name, description: 'x' });
    const reply = await root('DELETE', `${SITE}:d1:d2:`);
    expect([reply.status, reply.text, reply.headers['content-length']]).toEqual([200, '', '0']);
    expect((await root('GET', `${SITE}:d1:`)).status).toBe(404);
  });

  it('says who still uses an object', async () => {
    const reply = await root('DELETE', `${SITE}:a:`);
    expect([reply.status, reply.body]).toEqual([400, { message: 'Not Deletable: used by Foundation web1' }]);
  });
});

describe('CALL', () => {
  it.each<[string, string, unknown, Record<string, string>, unknown, string]>([
    ['a value', '/api/v1/Auth/User(whoami)', {}, {}, 'root', 'False'],
    ['nothing', '/api/v1/Auth/User(logout)', { token: 'unknown arguments are ignored' }, {}, undefined, 'False'],
    ['null as nothing', '/api/v1/Building/Foundation:web1:(getJob)', {}, {}, undefined, 'False'],
    ['a reference', '/api/v1/Building/Foundation:busy:(getJob)', {}, {}, `${NETWORK}:7:`, 'False'],
    ['a list', '/api/v1/Building/Foundation(getFoundationTypes)', {}, {}, ['Manual'], 'False'],
    ['a map', `${SITE}:a:(getConfig)`, null, {}, {}, 'False'],
    [
      'a plain value for a static action that is asked for several',
      '/api/v1/Auth/User(whoami)',
      {},
      { 'Multi-Object': 'true' },
      'root',
      'True',
    ],
    [
      'several values',
      '/api/v1/Building/Foundation:busy:web1:(getJob)',
      {},
      {},
      { '/api/v1/Building/Foundation:busy:': `${NETWORK}:7:`, '/api/v1/Building/Foundation:web1:': null },
      'True',
    ],
    [
      'one value as one of several',
      `${SITE}:a:(getConfig)`,
      {},
      { 'Multi-Object': 'True' },
      { [`${SITE}:a:`]: {} },
      'True',
    ],
    [
      'nothing, several times',
      `${SITE}:a:b:(rename)`,
      { description: 'same' },
      {},
      { [`${SITE}:a:`]: null, [`${SITE}:b:`]: null },
      'True',
    ],
    ['an action of a model that is not read', '/api/v1/Foreman/BaseJob:7:(pause)', {}, {}, undefined, 'False'],
    ['an action of a specialisation', `${FOUNDATION}:busy:(getJob)`, {}, {}, `${NETWORK}:7:`, 'False'],
  ])('gives %s', async (_, path, body, headers, value, multi) => {
    const reply = await root('CALL', path, body, headers);
    expect([reply.status, reply.body, reply.headers['multi-object']]).toEqual([200, value, multi]);
    expect(reply.headers).toMatchObject({ verb: 'CALL', 'content-length': String(reply.text.length) });
  });

  it.each<[string, string, unknown, unknown]>([
    ['a bad login', '/api/v1/Auth/User(login)', { username: 'root', password: 'x' }, { message: 'Invalid Login' }],
    ['missing arguments', '/api/v1/Auth/User(login)', { username: 'root' }, { password: 'Required Paramater' }],
    [
      'arguments that cannot be read',
      `${SITE}:a:(rename)`,
      { description: 'x', loud: 'perhaps' },
      { loud: 'Invalid Value "Unable to convert to boolean"' },
    ],
    [
      'what the domain refuses, on one object',
      `${SITE}:a:(rename)`,
      { description: 'job' },
      { exception: 'ForemanException', error: 'JOB_EXISTS', message: 'target has an existing job' },
    ],
    [
      'what the domain refuses, on several',
      `${SITE}:a:b:(rename)`,
      { description: 'job' },
      { exception: 'ForemanException', error: 'JOB_EXISTS', message: 'target has an existing job' },
    ],
    [
      'what others were faster at',
      `${SITE}:a:(rename)`,
      { description: 'taken' },
      { message: 'Changed by others meanwhile, try again' },
    ],
  ])('refuses %s', async (_, path, body, error) => {
    const reply = await root('CALL', path, body);
    expect([reply.status, reply.body]).toEqual([400, error]);
  });

  it('uses the default of what is left out', async () => {
    await root('CALL', `${SITE}:b:(rename)`, { description: 'loud', loud: 'True' });
    expect((await root('GET', `${SITE}:b:`)).body).toMatchObject({ description: 'LOUD' });
    await root('CALL', `${SITE}:b:(rename)`, { description: 'quiet' });
    expect((await root('GET', `${SITE}:b:`)).body).toMatchObject({ description: 'quiet' });
  });
});

describe('DESCRIBE', () => {
  it.each([
    ['/api/v1/', 'Namespace', { name: 'root', 'api-version': '1.0' }],
    ['/api/v1/Auth/', 'Namespace', { name: 'Auth', 'api-version': '2.0' }],
    ['/api/v1/Site', 'Namespace', { name: 'Site', 'api-version': '0.1' }],
    [SITE, 'Model', { name: 'Site', path: SITE }],
    [`${SITE}(getConfig)`, 'Action', { name: 'getConfig', path: `${SITE}(getConfig)` }],
  ])('%s (%s) is open to anybody', async (path, type, body) => {
    const reply = await ask('DESCRIBE', path);
    expect(reply.body).toMatchObject(body);
    expect(reply.headers).toMatchObject({ verb: 'DESCRIBE', type, 'cache-control': 'max-age=0' });
    expect(reply.names).toContain('Type');
  });
});
