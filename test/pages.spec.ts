import { expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { rest } = await startJourney();

type Body = Readonly<Record<string, unknown>>;
/** What an action answers with. */
const ask = async (path: string, body: Body = {}): Promise<Body> =>
  ((await rest('POST', path, body)).body['value'] ?? {}) as Body;
const idOf = async (path: string, body: Body): Promise<number> => Number((await rest('POST', path, body)).body['id']);

const zone = await idOf('Directory/Zone', { name: 'demo' });
await rest('POST', 'Site/Site', { name: 'demo', description: 'Demonstration', zone, config_values: { mtu: 1500 } });
const block = await idOf('Utilities/AddressBlock', {
  name: 'front',
  site: 'demo',
  subnet: '10.0.0.0',
  prefix: 29,
  gateway_offset: 1,
});
const network = await idOf('Utilities/Network', { name: 'front', site: 'demo' });
await rest('POST', 'Utilities/NetworkAddressBlock', { network, address_block: block });
await rest('POST', 'BluePrint/ResourceFile/load', { shipped: ['demo'] });
await rest('POST', 'BluePrint/PXE', { name: 'hello', boot_script: 'echo {{ mtu }}', template: '# {{ _hostname }}' });
await ask('Building/Machine/provision', {
  names: ['web1'],
  site: 'demo',
  blueprint: 'demo-web',
  foundation_type: 'Test',
  address_block: block,
});
const [machine] = (await rest('GET', 'Building/Structure')).body['items'] as { id: number }[];
const structure = machine!.id;

it('jobs are on the board until they are over, and their course is told after that', async () => {
  const job = async (): Promise<Body | undefined> =>
    ((await ask('Foreman/BaseJob/board', { site: 'demo' }))['jobs'] as Body[]).find(
      ({ model }) => model === 'Foreman/StructureJob',
    );
  await until(async () => (await job())?.['state'] === 'queued');
  const seen = (await job())!;
  expect(seen).toMatchObject({ site: 'demo', name: 'web1', script_name: 'create', creator: 'root' });
  const course = () => ask('Foreman/BaseJob/course', { job: seen['id'] });
  expect((await course())['now']).toMatchObject({ id: seen['id'] });
  await until(async () => (await job()) === undefined);
  expect(await course()).toMatchObject({
    state: 'done',
    name: 'web1',
    now: null,
    source: expect.stringContaining('delay'),
    started: expect.any(String),
    ended: expect.any(String),
  });
  expect((await rest('POST', 'Foreman/BaseJob/course', { job: 12_345 })).status).toBe(404);
});

it('what a machine would be told is rendered from drafts, and nothing is saved', async () => {
  const render = (drafts: Body) => ask(`Building/Structure/${structure}/render`, drafts);
  expect(await render({ pxe: 'hello' })).toMatchObject({
    pxe: 'hello',
    boot_script: { text: '#!ipxe\n\necho 1500', error: null },
    template: { text: '# web1', error: null },
  });
  expect(await render({ config_values: { mtu: 9000 }, boot_script: 'echo {{ mtu }}' })).toMatchObject({
    configuration: { mtu: 9000 },
    boot_script: { text: '#!ipxe\n\necho 9000', error: null },
    template: null,
  });
  expect(await render({ blueprint: 'demo-web', config_values: { role: 'x' }, template: '{{ role }}' })).toMatchObject({
    configuration: { role: 'x', mtu: 1500 },
    template: { text: 'x', error: null },
  });
  expect((await render({ template: 'a\n{% if %}' }))['template']).toEqual({
    text: null,
    error: expect.stringContaining('line: "2"'),
  });
  const refused = await rest('POST', `Building/Structure/${structure}/render`, {
    blueprint: 'none',
    config_values: {},
  });
  expect(refused.status).toBe(422);
  expect((await ask(`Building/Structure/${structure}/getConfig`))['mtu']).toBe(1500);
});

it('addresses name who has them, and zones their records', async () => {
  expect((await ask(`Utilities/AddressBlock/${block}/occupancy`))['hosts']).toEqual({
    [structure]: { model: 'Building/Structure', name: 'web1' },
  });
  const records = await ask(`Directory/Zone/${zone}/records`, { ask: true });
  expect(records['records']).toContainEqual({ name: 'web1.demo', type: 'A', data: '10.0.0.2', served: null });
  expect(records['asked']).toBeNull();
  expect((await ask('Directory/Zone/zoneRecords', { name: '0.0.10.in-addr.arpa.' }))['kind']).toBe('reverse');
});

it('the dashboard counts what is there, and the server tells what it goes by', async () => {
  expect(await ask('Records/Dashboard/show', { site: 'demo' })).toMatchObject({
    foundations: { total: 1 },
    structures: { total: 1 },
    addresses: { blocks: 1, used: 2 },
  });
  const { settings } = await ask('Records/Server/settings');
  const values = new Map((settings as Body[]).map(({ name, value, from }) => [name, [value, from]]));
  expect(values.get('DATABASE_URL')).toEqual(['********', 'environment']);
  expect(values.get('CONTRACTOR_LOG_LEVEL')?.[1]).toMatch(/^(?:environment|default)$/);
  expect(await ask('Records/Server/about')).toMatchObject({ version: expect.stringMatching(/^\d/) });
  expect(await ask('Records/ReadModel/state')).toMatchObject({ quarantine: [] });
  expect(await ask('PostOffice/Delivery/list')).toEqual({ total: 0, deliveries: [] });
});

it('what happened at a site is told from a time on', async () => {
  const { body } = await rest('GET', 'events?after=2026-01-01T00:00:00Z&site=demo&kind=structure.created');
  expect((body['events'] as Body[]).map(({ object }) => object)).toEqual([
    { model: 'Building/Structure', id: structure },
  ]);
});
