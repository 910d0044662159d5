import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ExampleServer } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

interface Described {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly $ref?: string;
}

let database: TestDatabase;
let server: ExampleServer;
let document: Readonly<Record<string, unknown>>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

beforeAll(async () => {
  database = await testDatabase();
  server = await exampleServer(database);
  document = (await server.ask('GET', '/api/rest/openapi.json', { as: 'nobody' })).body as typeof document;
  ajv.addSchema(document, 'document');
  await server.ask('POST', '/api/rest/Site/Site', { body: { name: 'outer', description: 'x' } });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const at = (pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, step) => (value as Record<string, unknown>)?.[step], document as unknown);

const step = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

describe('what the document says of an answer holds for', () => {
  it.each<[string, string, string, unknown, number]>([
    ['/Site/Site', 'POST', '/Site/Site', { name: 'bare', description: 'x' }, 201],
    [
      '/Site/Site',
      'POST',
      '/Site/Site',
      { name: 'full', description: 'x', parent: 'outer', tags: ['t'], size: 1, ratio: 1.5, opens: '2026-01-01' },
      201,
    ],
    ['/Site/Site', 'POST', '/Site/Site', { name: 'wrong', size: 'x' }, 422],
    ['/Site/Site', 'POST', '/Site/Site', { name: 'full', description: 'x' }, 409],
    ['/Site/Site', 'GET', '/Site/Site?count=1', undefined, 200],
    ['/Site/Site', 'GET', '/Site/Site?count=x', undefined, 400],
    ['/Site/Site/{id}', 'GET', '/Site/Site/full', undefined, 200],
    ['/Site/Site/{id}', 'GET', '/Site/Site/none', undefined, 404],
    ['/Site/Site/{id}', 'PATCH', '/Site/Site/full', { size: 2 }, 200],
    ['/Site/Site/{id}', 'DELETE', '/Site/Site/bare', undefined, 204],
    ['/Site/Site/{id}/history', 'GET', '/Site/Site/full/history', undefined, 200],
    ['/Site/Site/{id}/history', 'GET', '/Site/Site/none/history', undefined, 404],
    ['/diff/{namespace}/{model}', 'GET', '/diff/Site/Site?from=0', undefined, 200],
    ['/diff/{namespace}/{model}/{id}', 'GET', '/diff/Site/Site/full?from=0', undefined, 200],
    ['/diff/{namespace}/{model}/{id}', 'GET', '/diff/Site/Site/full', undefined, 400],
    ['/diff/{namespace}/{model}/{id}/{action}', 'POST', '/diff/Site/Site/full/getConfig?from=0', undefined, 404],
    ['/Site/Site/{id}/getConfig', 'POST', '/Site/Site/full/getConfig', undefined, 200],
    ['/Site/Site/{id}/networks', 'POST', '/Site/Site/full/networks', undefined, 200],
    ['/Site/Site/{id}/describe', 'POST', '/Site/Site/full/describe', { description: 'y' }, 204],
    ['/Site/Site/{id}/describe', 'POST', '/Site/Site/full/describe', { description: 'bug' }, 500],
    ['/Site/Site/count', 'POST', '/Site/Site/count', undefined, 200],
    ['/Net/Network', 'POST', '/Net/Network', { name: 'n1', site: 'outer', neighbours: [1] }, 201],
    ['/Net/Network/{id}', 'GET', '/Net/Network/1', undefined, 200],
    ['/Net/Plan', 'GET', '/Net/Plan', undefined, 200],
    ['/Auth/User/whoami', 'POST', '/Auth/User/whoami', undefined, 200],
    ['/openapi.json', 'GET', '/openapi.json', undefined, 200],
    ['/{namespace}/openapi.json', 'GET', '/Site/openapi.json', undefined, 200],
    ['/{namespace}/openapi.json', 'GET', '/None/openapi.json', undefined, 404],
    ['/problems/{name}', 'GET', '/problems/conflict', undefined, 200],
  ])('%s %s: %s %j', async (path, method, target, body, status) => {
    const reply = await server.ask(method, `/api/rest${target}`, { body });
    expect([reply.status, status]).toEqual([status, status]);
    const place = `/paths/${step(path)}/${method.toLowerCase()}/responses/${status}`;
    const said = at(place) as Described;
    const pointer = said.$ref?.slice(1) ?? place;
    const { content = {}, headers = {} } = at(pointer) as Described;
    expect(Object.keys(content)).toEqual(reply.text === '' ? [] : [reply.headers['content-type']]);
    for (const type of Object.keys(content)) {
      const valid = ajv.validate({ $ref: `document#${pointer}/content/${step(type)}/schema` }, reply.body);
      expect([valid, ajv.errors]).toEqual([true, null]);
    }
    const ours = Object.keys(reply.headers).filter((name) => /^(contractor-|etag|location)/.test(name));
    const told = Object.keys(headers).map((name) => name.toLowerCase());
    expect(ours.filter((name) => !told.includes(name))).toEqual([]);
  });
});

it('does not hold for just anything', () => {
  for (const name of ['Site.Site', 'Site.Site.page', 'Problem']) {
    expect(ajv.validate({ $ref: `document#/components/schemas/${name}` }, { name: 'x', description: 1 })).toBe(false);
  }
});
