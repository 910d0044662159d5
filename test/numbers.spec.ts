import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

/** A whole float stays one, to the letter, from the body of a request to every answer. */

jest.setTimeout(600_000);

let database: TestDatabase;
let server: TestContractor;
let client: CinpClient;
let authorization: string;

beforeAll(async () => {
  database = await testDatabase();
  server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
  client = new CinpClient(server.url);
  authorization = `Bearer root:${await client.login('root', ADMIN_PASSWORD)}`;
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

interface TextAnswer {
  readonly status: number;
  readonly text: string;
  readonly etag: string | null;
}

/** A request whose body, and whose answer, is looked at as text: a parser would lose what is asked about. */
async function ask(method: string, path: string, body?: string): Promise<TextAnswer> {
  const response = await fetch(`${server.url}/api/rest/${path}`, {
    method,
    headers: { Authorization: authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text(), etag: response.headers.get('etag') };
}

const GIVEN = '{"ver":1.0,"list":[2.0,2,2.5,{"deep":1e3}],"text":"v{{ ver }} {{ 6 / 2 }} {{ list }}",">tail":3.0}';
const KEPT = '"ver":1.0,"list":[2.0,2,2.5,{"deep":1000.0}],';

it('is given back by REST and CInP, and rendered, also after a restart', async () => {
  const body = `{"name":"floats","description":"x","config_values":${GIVEN}}`;
  expect((await ask('POST', 'Site/Site', body)).status).toBe(201);
  const looks = async () => {
    expect((await ask('GET', 'Site/Site/floats')).text).toContain(`"config_values":{${KEPT}`);
    const explained = (await ask('POST', 'Site/Site/floats/explain')).text;
    expect(explained).toContain('"rendered":"v1.0 3.0 [2.0, 2, 2.5, {\'deep\': 1000.0}]"');
    expect(explained).toContain('"value":[2.0,2,2.5,{"deep":1000.0}]');
    const config = await client.call('/api/v1/Site/Site:floats:(getConfig)');
    expect(config).toMatchObject({ ver: new Number(1), list: [new Number(2), 2, 2.5, { deep: new Number(1000) }] });
  };
  await looks();
  await server.kill();
  await server.start();
  await looks();
});

it('is another value than the integer: writing one for the other is a change', async () => {
  const write = (value: string) => ask('PATCH', 'Site/Site/change', `{"config_values":{"ver":${value}}}`);
  await ask('POST', 'Site/Site', '{"name":"change","description":"x","config_values":{"ver":1}}');
  const before = await ask('GET', 'Site/Site/change');
  expect((await write('1.0')).text).toContain('"config_values":{"ver":1.0}');
  const after = await ask('GET', 'Site/Site/change');
  expect(after.etag).not.toBe(before.etag);
  await write('1.0');
  expect((await ask('GET', 'Site/Site/change')).etag).toBe(after.etag);
});

it('is no different from the integer where an integer is asked for', async () => {
  const zone = await ask('POST', 'Directory/Zone', '{"name":"floats","ttl":60.0}');
  expect([zone.status, zone.text]).toEqual([201, expect.stringContaining('"ttl":60,')]);
});

it.each([
  ['9007199254740993', 'config_values.deep.0.serial'],
  ['-9007199254740993', 'config_values.deep.0.serial'],
  ['10000000000000000000000', 'config_values.deep.0.serial'],
  ['1e400', 'config_values.deep.0.serial'],
])('%s is refused with its place, not rounded', async (number, place) => {
  const body = `{"name":"big","description":"x","config_values":{"deep":[{"serial":${number}}]}}`;
  const { status, text } = await ask('POST', 'Site/Site', body);
  expect([status, text]).toEqual([400, expect.stringContaining(`${place}: a number too large to be exact`)]);
});

it('comes from an agent into the script', async () => {
  const site = '/api/v1/Site/Site:floats:';
  const script = 'got = iputils.ping( target="127.0.0.1" )\nshare = ( got . "%" )\npause( msg=share )\n';
  await client.create('/api/v1/BluePrint/Script', { name: 'look', description: 'x', script });
  await client.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'by-hand',
    description: 'x',
    foundation_type_list: ['Manual'],
  });
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: '/api/v1/BluePrint/BluePrint:by-hand:',
    script: '/api/v1/BluePrint/Script:look:',
    name: 'create',
  });
  const blueprint = '/api/v1/BluePrint/FoundationBluePrint:by-hand:';
  await client.create('/api/v1/Manual/ManualFoundation', { site, locator: 'host1', blueprint });
  await client.call('/api/v1/Building/Foundation:host1:(doCreate)');
  const poll = () =>
    client.call<{ readonly job_id: number; readonly cookie: string }[]>('/api/v1/SubContractor/Dispatch(getJobs)', {
      site,
      module_list: ['iputils'],
    });
  let tasks = await poll();
  while (tasks.length === 0) tasks = await poll();
  const [{ job_id: job, cookie } = { job_id: 0, cookie: '' }] = tasks;
  const result = `{"job_id":${job},"cookie":"${cookie}","data":{"result":100.0}}`;
  const answer = await ask('POST', 'SubContractor/Dispatch/jobResults', result);
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('Accepted') });
  expect(await client.get(`/api/v1/Foreman/FoundationJob:${job}:`)).toMatchObject({
    state: 'paused',
    message: '100.0%',
  });
});
