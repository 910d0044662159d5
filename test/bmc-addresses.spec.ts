import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD, until } from '#testing';
import { runCommand } from './run-command.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const { client, rest, server } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });

const made = async (path: string, body: Values): Promise<Values> => {
  const answer = await rest('POST', path, body);
  expect(answer).toMatchObject({ status: 201, body: expect.not.objectContaining({ errors: expect.anything() }) });
  return answer.body;
};
const faults = async (method: string, path: string, body?: Values) => {
  const answer = await rest(method, path, body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  return JSON.stringify(answer.body);
};
const bodyOf = async (path: string): Promise<Values> => (await rest('GET', path)).body;
const holder = async (block: number, ip: string): Promise<Values> =>
  (await rest('POST', `Utilities/AddressBlock/${block}/holder`, { ip_address: ip })).body['value'] as Values;

let mgmt = 0;
let other = 0;
let zone = 0;
const machine = (locator: string, values: Values): Values => ({
  locator,
  site: 'site1',
  blueprint: 'ipmi-base',
  plot: 'rack4',
  ipmi_username: 'admin',
  ipmi_password: 'secret',
  ...values,
});
const ipmi = (locator: string) => bodyOf(`IPMI/IPMIFoundation/${locator}`);
const change = (locator: string, body: Values) => rest('PATCH', `IPMI/IPMIFoundation/${locator}`, body);

const environment = { CONTRACTOR_URL: server.url, CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };

beforeAll(async () => {
  zone = Number((await made('Directory/Zone', { name: 'lab' }))['id']);
  await made('Site/Site', { name: 'site1', description: 'x', zone });
  await made('Survey/Plot', { name: 'rack4', corners: 'x' });
  await made('BluePrint/FoundationBluePrint', {
    name: 'ipmi-base',
    description: 'x',
    foundation_type_list: ['IPMI', 'RedFish', 'AMT'],
  });
  const block = { site: 'site1', prefix: 28 };
  mgmt = Number((await made('Utilities/AddressBlock', { ...block, name: 'mgmt', subnet: '10.0.0.0' }))['id']);
  other = Number((await made('Utilities/AddressBlock', { ...block, name: 'other', subnet: '10.0.1.0' }))['id']);
});

describe('the address of a BMC', () => {
  it('is the next free one of a block, or the one that is said; it is taken, and told whose it is', async () => {
    expect(await made('IPMI/IPMIFoundation', machine('node1', { bmc_block: mgmt }))).toMatchObject({
      ipmi_ip_address: '10.0.0.1',
      bmc_block: mgmt,
    });
    await made('IPMI/IPMIFoundation', machine('node2', { bmc_block: mgmt, ipmi_ip_address: '10.0.0.9:6230' }));
    expect(await ipmi('node2')).toMatchObject({ ipmi_ip_address: '10.0.0.9:6230', bmc_block: mgmt });
    const { networked, interface_name } = await holder(mgmt, '10.0.0.9');
    expect(interface_name).toBe('bmc');
    expect(await bodyOf(`Utilities/Networked/${String(networked)}`)).toMatchObject({
      hostname: 'node2-bmc',
      site: 'site1',
      foundation: 'node2',
    });
    expect(await client.get('/api/v1/IPMI/IPMIFoundation:node2:')).toMatchObject({ ipmi_ip_address: '10.0.0.9:6230' });
    const usage = await rest('POST', `Utilities/AddressBlock/${mgmt}/usage`, {});
    expect(usage.body['value']).toMatchObject({ static: 2 });
  });

  it('is in DNS, where its site has a zone', async () => {
    const told = await rest('POST', `Directory/Zone/${zone}/zoneFile`, {});
    const { text } = told.body['value'] as { readonly text: string };
    expect(text.replaceAll(/ +/g, ' ')).toContain('node1-bmc IN A 10.0.0.1');
  });

  it('stays text where it is given as text', async () => {
    await client.create('/api/v1/IPMI/IPMIFoundation', {
      ...machine('node3', { ipmi_ip_address: 'bmc3.example' }),
      site: '/api/v1/Site/Site:site1:',
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:ipmi-base:',
      plot: '/api/v1/Survey/Plot:rack4:',
    });
    expect(await ipmi('node3')).toMatchObject({ ipmi_ip_address: 'bmc3.example', bmc_block: null });
  });

  it('is refused where it is missing, no address of the block, or somebody else has it', async () => {
    const create = (values: Values) => faults('POST', 'IPMI/IPMIFoundation', machine('bad', values));
    expect(await create({})).toContain('ipmi_ip_address');
    expect(await create({ bmc_block: mgmt, ipmi_ip_address: 'bmc3.example' })).toContain('is no IP address');
    expect(await create({ bmc_block: mgmt, ipmi_ip_address: '10.0.1.4' })).toContain(
      '10.0.1.4 is not in the address block \\"mgmt\\" (10.0.0.0/28)',
    );
    expect(await create({ bmc_block: mgmt, ipmi_ip_address: '10.0.0.9' })).toMatch(
      /ipmi_ip_address.*10\.0\.0\.9 is in use/,
    );
    expect(await create({ bmc_block: 999 })).toContain('there is no address block 999');
    expect(await faults('PATCH', 'IPMI/IPMIFoundation/node3', { bmc_block: mgmt })).toContain('is no IP address');
  });

  it('is given to one BMC alone, whoever asks at the same time, until none is left', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const redfish = (name: string): Values =>
      Object.fromEntries(
        Object.entries(machine(name, { bmc_block: other })).map(([key, value]) => [
          key.replace('ipmi_', 'redfish_'),
          value,
        ]),
      );
    const answers = await Promise.all(
      names.map((name) => rest('POST', 'RedFish/RedFishFoundation', redfish(`x${name}`))),
    );
    expect(new Set(answers.map(({ body }) => body['redfish_ip_address']))).toEqual(
      new Set(names.map((_, n) => `10.0.1.${n + 1}`)),
    );
    const one = Number(
      (await made('Utilities/AddressBlock', { site: 'site1', name: 'one', subnet: '10.0.2.0', prefix: 32 }))['id'],
    );
    await made('IPMI/IPMIFoundation', machine('only', { bmc_block: one }));
    expect(await faults('POST', 'IPMI/IPMIFoundation', machine('late', { bmc_block: one }))).toContain(
      'the address block \\"one\\" (10.0.2.0/32) has no address left',
    );
  });

  it('is what configurations say, wherever it is moved: at the foundation, as an address, with its block', async () => {
    const told = () => client.call<Values>('/api/v1/Building/Foundation:node1:(getConfig)');
    expect((await change('node1', { ipmi_ip_address: '10.0.0.5' })).body).toMatchObject({
      ipmi_ip_address: '10.0.0.5',
    });
    expect(await holder(mgmt, '10.0.0.1')).toEqual({});
    expect(await told()).toMatchObject({ ipmi_ip_address: '10.0.0.5' });
    const { address } = await holder(mgmt, '10.0.0.5');
    await rest('PATCH', `Utilities/Address/${String(address)}`, { offset: 6 });
    expect(await told()).toMatchObject({ ipmi_ip_address: '10.0.0.6' });
    await rest('PATCH', `Utilities/AddressBlock/${mgmt}`, { subnet: '10.9.0.0' });
    await until(async () => (await told())['ipmi_ip_address'] === '10.9.0.6');
    expect(await ipmi('node2')).toMatchObject({ ipmi_ip_address: '10.9.0.9:6230' });
    expect((await change('node1', { bmc_block: other })).body).toMatchObject({
      ipmi_ip_address: '10.0.1.9',
      bmc_block: other,
    });
    expect(await holder(mgmt, '10.9.0.6')).toEqual({});
  });

  it('is not taken away from the BMC', async () => {
    const { networked, address } = await holder(other, '10.0.1.9');
    const used = 'used by Foundation node1, whose BMC it is';
    expect(await faults('DELETE', `Utilities/Address/${String(address)}`)).toContain(used);
    expect(await faults('DELETE', `Utilities/Networked/${String(networked)}`)).toContain(used);
    expect(await faults('DELETE', `Utilities/AddressBlock/${other}`)).toContain(used);
  });

  it('is free when the BMC has another one, or a text, or its foundation is gone; undone, it has it again', async () => {
    expect((await change('node1', { bmc_block: null })).body).toMatchObject({
      ipmi_ip_address: '10.0.1.9',
      bmc_block: null,
    });
    expect(await holder(other, '10.0.1.9')).toEqual({});
    expect((await change('node1', { bmc_block: other })).body).toMatchObject({ ipmi_ip_address: '10.0.1.9' });
    expect((await rest('DELETE', 'IPMI/IPMIFoundation/node2')).status).toBe(204);
    expect(await holder(mgmt, '10.9.0.9')).toEqual({});
    expect((await bodyOf('Utilities/Networked'))['items']).not.toContainEqual(
      expect.objectContaining({ hostname: 'node2-bmc' }),
    );
    const { requests } = (await rest('POST', 'Records/Request/list', { count: 1 })).body['value'] as {
      readonly requests: readonly { readonly request: string }[];
    };
    const undone = await rest('POST', 'Records/Request/undo', { id: requests[0]?.request });
    expect(undone).toMatchObject({ status: 200 });
    await until(async () => (await ipmi('node2'))['ipmi_ip_address'] === '10.9.0.9:6230');
    expect(await holder(mgmt, '10.9.0.9')).toMatchObject({ interface_name: 'bmc' });
  });

  it('stands in the file of a site with its foundation, and is there again where that is read', async () => {
    const run = (...args: string[]) => runCommand(args, { environment });
    const { out } = await run('export', 'site1');
    expect(out).toContain('bmc_block');
    expect(out).not.toContain('node1-bmc');
    expect(out).toContain('10.9.0.9:6230');
  });

  it('is asked for by the command line', async () => {
    const run = (...args: string[]) => runCommand(args, { environment });
    const make = 'foundation ipmi create --locator cli1 --site site1 --blueprint ipmi-base --plot rack4';
    const made = await run(...make.split(' '), '--username', 'admin', '--password', 'x', '--bmc-block', 'site1/mgmt');
    expect(made).toMatchObject({ code: 0, err: '' });
    expect((await run('foundation', 'ipmi', 'get', 'cli1')).out).toContain('10.9.0.1');
  });
});
