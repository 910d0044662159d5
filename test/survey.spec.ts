import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor } from '#testing';
import { startContractor, until } from '#testing';
import { AGENT, startAgentShell } from './agent-shell.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const CARTOGRAPHER = '/api/v1/Survey/Cartographer';
const FOUNDATION = '/api/v1/Building/Foundation';
const SITE = '/api/v1/Site/Site:site1:';
const REAL = '/api/v1/Utilities/RealNetworkInterface';
const IMAGE_PASSWORD = 'of the boot image';

const settings = { CONTRACTOR_WEBHOOK_ALLOW: '127.0.0.1/32' };
const { client, rest, server, database, token } = await startJourney(settings);
const second: TestContractor = await startContractor({ DATABASE_URL: database.url, ...settings });
afterAll(() => second.stop());

/** Machines in the boot image, as they speak with each server. */
const images = [server, second].map(({ url }) => new CinpClient(url, { version: '1.0' })) as [CinpClient, CinpClient];
const [image] = images;
const { at, put, sh } = await startAgentShell();

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: Values) => expect(task).rejects.toMatchObject({ status: 400, body });
const done = async (method: string, path: string, body?: Values): Promise<Values> => {
  const answer = await rest(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return ('value' in answer.body ? answer.body['value'] : answer.body) as Values;
};
const register = (identifier: string, on = image) => on.call(`${CARTOGRAPHER}(register)`, { identifier });
const lookup = (identifier: string, info_map?: Values, on = image) =>
  on.call(`${CARTOGRAPHER}:${identifier}:(lookup)`, info_map ? { info_map } : {});
const identify = (locator: string, id_map: Values) => image.call(`${FOUNDATION}:${locator}:(setIdMap)`, { id_map });
const finish = (identifier: string) => image.call(`${CARTOGRAPHER}:${identifier}:(done)`);
const shown = (identifier: string) => client.get<Values>(`${CARTOGRAPHER}:${identifier}:`);

const hardware = (serial: string, more: Values = {}) => ({
  total_ram: 65_536,
  total_cpu_count: 16,
  dmi: { System: [{ 'Serial Number': serial }] },
  ...more,
});
const disks = (...serials: readonly string[]) => serials.map((serial) => ({ serial, size: 960 }));
const port = (n: number) => ({ eno1: { mac: 'aa', name: 'sw', slot: 0, port: n, subport: 0 } });
const foundation = (locator: string, blueprint = 'metal') =>
  created('/api/v1/Manual/ManualFoundation', {
    locator,
    site: SITE,
    blueprint: `/api/v1/BluePrint/FoundationBluePrint:${blueprint}:`,
  });
let networkId = 0;
const interfaceOf = (locator: string, values: Values = {}) =>
  created(REAL, {
    foundation: `${FOUNDATION}:${locator}:`,
    network: `/api/v1/Utilities/Network:${networkId}:`,
    name: 'eno1',
    physical_location: 'eno1',
    is_provisioning: true,
    ...values,
  });

beforeAll(async () => {
  await done('POST', 'Auth/Account', { name: 'bootstrap', permissions: ['Building.can_bootstrap'] });
  await done('POST', 'Auth/Account/bootstrap/setPassword', { password: IMAGE_PASSWORD });
  for (const one of images) await one.login('bootstrap', IMAGE_PASSWORD);
  await created('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  networkId = Number(/:(\d+):/.exec(await created('/api/v1/Utilities/Network', { name: 'net', site: SITE }))?.[1]);
  const blueprint = { description: 'x', foundation_type_list: ['Manual'] };
  await created('/api/v1/BluePrint/FoundationBluePrint', { name: 'metal', ...blueprint });
  await created('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'two-disks',
    ...blueprint,
    validation_template: { disks: { min: 2 }, 'hardware.total_ram': { min: 32_768 } },
  });
  await created('/api/v1/BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: ['/api/v1/BluePrint/FoundationBluePrint:metal:'],
  });
});

describe('a machine in the boot image', () => {
  it('registers, waits, is matched by its switch port, tells what it is, and is located', async () => {
    await foundation('lldp1', 'two-disks');
    const eno1 = await interfaceOf('lldp1', { link_name: 'sw-0-1-0' });
    expect(await register('m1')).toBeNull();
    expect(await shown('m1')).toMatchObject({ message: 'new', foundation: null, info_map: {}, last_checkin: null });
    expect(await lookup('m1')).toEqual({ matched_by: null });
    const nowhere = { lldp: { eno1: { name: 'sw', port: 1 } }, ip_address: '10.9.9.9', hardware: hardware('LL1') };
    expect(await lookup('m1', nowhere)).toEqual({ matched_by: null });
    expect(await shown('m1')).toMatchObject({ info_map: nowhere, last_checkin: expect.stringMatching(/^20/) });
    expect((await done('GET', 'Survey/Cartographer?filter=waiting'))['total']).toBe(1);

    const matched = { matched_by: 'lldp name: "eno1"', locator: 'lldp1' };
    expect(await lookup('m1', { ...nowhere, lldp: port(1) })).toEqual(matched);
    expect(await shown('m1')).toMatchObject({
      message:
        'Matched by "lldp name: "eno1"" as "lldp1"; there is no PXE "bootstrap", so its interfaces boot as before',
      foundation: `${FOUNDATION}:lldp1:`,
    });
    await created('/api/v1/BluePrint/PXE', { name: 'bootstrap', boot_script: 'boot', template: 'x' });
    await register('m1');
    expect(await shown('m1')).toMatchObject({ message: 'restarting', foundation: `${FOUNDATION}:lldp1:` });
    expect(await lookup('m1', {})).toEqual({ matched_by: 'Pre-Set', locator: 'lldp1' });
    expect(await client.get(eno1)).toMatchObject({ pxe: '/api/v1/BluePrint/PXE:bootstrap:', mac: null });
    expect(await done('GET', 'Building/Foundation/lldp1')).toMatchObject({ cartographer: 'm1', state: 'planned' });
    await image.call(`${CARTOGRAPHER}:m1:(setMessage)`, { message: 'looking at disks' });
    expect(await shown('m1')).toMatchObject({ message: 'looking at disks' });
  });

  it('is not located while a disk is missing, nor otherwise while it is surveyed', async () => {
    const whole = { hardware: hardware('LL1'), disks: disks('d1', 'd2'), network: { eno1: { mac: '001122334455' } } };
    expect(await identify('lldp1', { ...whole, disks: disks('d1') })).toBe('Item "disks" is 1, at least 2 wanted');
    expect(await identify('lldp1', { hardware: { total_ram: 1 } })).toBe(
      'Item "disks" not found; Item "hardware.total_ram" is 1, at least 32768 wanted',
    );
    await refused(finish('m1'), { message: expect.stringContaining('has no id map') });
    const forced = await rest('POST', 'Building/Foundation/lldp1/force', { state: 'located' });
    expect(JSON.stringify(forced.body)).toContain('id_map');
    expect(await identify('lldp1', whole)).toBeNull();
    const surveyed = await rest('POST', 'Building/Foundation/lldp1/force', { state: 'located' });
    expect(JSON.stringify(surveyed.body)).toContain('cartographer m1 is surveying a machine as this foundation');
    await refused(client.delete(`${FOUNDATION}:lldp1:`), {
      message: 'Not Deletable: Cartographer m1 is attached to it',
    });
    expect(await finish('m1')).toBeNull();
    await expect(shown('m1')).rejects.toMatchObject({ status: 404 });
    expect(await client.get(`${FOUNDATION}:lldp1:`)).toMatchObject({ state: 'located' });
    expect(await finish('m1')).toBeNull();
    expect((await rest('POST', 'Survey/Cartographer/m1/done', {})).status).toBe(204);
    const { uris } = await client.list(REAL, {
      filter: 'foundation',
      parameters: { foundation: `${FOUNDATION}:lldp1:` },
    });
    expect(await client.get(uris[0] ?? '')).toMatchObject({ mac: '00:11:22:33:44:55', pxe: null });
  });

  it('is recognised when it comes again, and is nothing but what it is', async () => {
    await register('m1');
    const message =
      'this machine is foundation "lldp1" (serial: "LL1"), which is located: only planned ones are surveyed';
    expect(await lookup('m1', { hardware: hardware('LL1') })).toEqual({ matched_by: null, message });
    expect(await shown('m1')).toMatchObject({ message, foundation: null });
    await client.delete(`${CARTOGRAPHER}:m1:`);
    await done('POST', 'Building/Foundation/lldp1/force', { state: 'planned' });
    await register('m1');
    expect(await lookup('m1', { hardware: hardware('LL1') })).toEqual({
      matched_by: 'serial: "LL1"',
      locator: 'lldp1',
    });
    await client.delete(`${CARTOGRAPHER}:m1:`);
    expect(await done('GET', 'Building/Foundation/lldp1')).toMatchObject({ cartographer: null });
  });

  it('is matched by its address, and by the config_uuid of its structure alone', async () => {
    const block = { name: 'block', site: SITE, subnet: '10.0.0.0', prefix: 24 };
    const blockUri = await created('/api/v1/Utilities/AddressBlock', block);
    for (const name of ['ip1', 'uuid1']) await foundation(name);
    const [byIp, byUuid] = await Promise.all(
      ['ip1', 'uuid1'].map((name) =>
        created('/api/v1/Building/Structure', {
          hostname: name,
          site: SITE,
          blueprint: '/api/v1/BluePrint/StructureBluePrint:web:',
          foundation: `${FOUNDATION}:${name}:`,
        }),
      ),
    );
    await created('/api/v1/Utilities/Address', {
      networked: byIp?.replace('Building/Structure', 'Utilities/Networked'),
      address_block: blockUri,
      offset: 7,
      interface_name: 'eno1',
      is_primary: true,
    });
    await register('m2');
    await register('m3');
    const { config_uuid: uuid } = await client.get<Values>(byUuid ?? '');
    expect(await lookup('m2', { config_uuid: 'nobody', ip_address: '10.0.0.7' })).toEqual({
      matched_by: null,
      message: 'no structure has the config_uuid "nobody"',
    });
    expect(await lookup('m2', { ip_address: '10.0.0.7' })).toEqual({
      matched_by: 'ip_address: "10.0.0.7"',
      locator: 'ip1',
    });
    expect(await lookup('m3', { config_uuid: uuid, ip_address: '10.0.0.7' })).toEqual({
      matched_by: 'config_uuid',
      locator: 'uuid1',
    });
  });

  it('is told in words what it may not', async () => {
    await refused(register('x'.repeat(65)), { identifier: ['must be at most 64 characters long, and has 65'] });
    await refused(register('a/b'), { identifier: [expect.stringContaining('must be of letters')] });
    await expect(lookup('nobody', {})).rejects.toMatchObject({ status: 404 });
    await expect(finish('nobody')).rejects.toMatchObject({ status: 404 });
    await register('m4');
    await refused(image.call(`${CARTOGRAPHER}:m4:(setMessage)`, { message: 'x'.repeat(201) }), {
      message: 'must be at most 200 characters long, and has 201',
    });
    await refused(finish('m4'), { message: 'it is not known yet which foundation this machine is' });
    const assign = (to: string) => client.call(`${CARTOGRAPHER}:m4:(assign)`, { foundation: `${FOUNDATION}:${to}:` });
    await refused(assign('ip1'), { foundation: ['Cartographer m2 has this Foundation already.'] });
    await foundation('located1');
    await done('POST', 'Building/Foundation/located1/force', { state: 'located' });
    await refused(assign('located1'), {
      exception: 'SurveyException',
      error: 'FOUNDATION_INVALID_STATE',
      message: 'Foundation is not in a valid state for assigning',
    });
    await foundation('assigned1');
    await assign('assigned1');
    expect(await lookup('m4', {})).toEqual({ matched_by: 'Pre-Set', locator: 'assigned1' });
    await expect(image.call(`${CARTOGRAPHER}:m4:(assign)`, { foundation: `${FOUNDATION}:ip1:` })).rejects.toMatchObject(
      { status: 403 },
    );
  });

  it('is told to have a MAC that an interface of another foundation has, which is not refused', async () => {
    for (const name of ['mac1', 'mac2', 'mac3']) await foundation(name);
    await interfaceOf('mac1', { mac: '00:11:22:33:66:01' });
    await interfaceOf('mac2', { link_name: 'sw-0-66-0' });
    await interfaceOf('mac3');
    const report = { network: { eno1: { mac: '00:11:22:33:66:01' } } };
    const shared = '; its MAC 00:11:22:33:66:01 is that of interface "eno1" of foundation "mac1" too';
    await register('m5');
    expect(await lookup('m5', { ...report, lldp: port(66) })).toEqual({
      matched_by: 'lldp name: "eno1"',
      locator: 'mac2',
    });
    expect(await shown('m5')).toMatchObject({ message: `Matched by "lldp name: "eno1"" as "mac2"${shared}` });
    expect(await identify('mac2', report)).toBeNull();
    await register('m6');
    await client.call(`${CARTOGRAPHER}:m6:(assign)`, { foundation: `${FOUNDATION}:mac3:` });
    expect(await lookup('m6', report)).toEqual({ matched_by: 'Pre-Set', locator: 'mac3' });
    expect((await shown('m6'))['message']).toMatch(/^This is "mac3"; its MAC 00:11:22:33:66:01 is that of interface/);
    for (const name of ['m5', 'm6']) await client.delete(`${CARTOGRAPHER}:${name}:`);
  });

  it('has its foundation alone, however many ask at once, of whichever server', async () => {
    await foundation('wanted');
    await interfaceOf('wanted', { link_name: 'aa-0-9-0' });
    const names = Array.from({ length: 8 }, (_, n) => `race${n}`);
    await Promise.all(names.map((name, n) => register(name, images[n % 2])));
    await until(async () => (await lookup('race0', {}, images[1]).catch(() => undefined)) !== undefined);
    const answers = await Promise.all(
      names.map((name, n) => lookup(name, { lldp: port(9) }, images[n % 2]) as Promise<Values>),
    );
    expect(answers.filter(({ matched_by: by }) => by !== null)).toEqual([
      { matched_by: 'lldp mac: "eno1"', locator: 'wanted' },
    ]);
    for (const { matched_by: by, message } of answers) {
      if (by === null) expect(message).toMatch(/^this machine is foundation "wanted" .* which cartographer race\d has/);
    }
    for (const name of names) {
      await until(() =>
        client.delete(`${CARTOGRAPHER}:${name}:`).then(
          () => true,
          () => false,
        ),
      );
    }
  });
});

describe('the boot image', () => {
  /** Runs the image `bootstrap` on a machine with one interface; ends with what is done then, and how that ended. */
  const boot = async (mac: string, wipe: string): Promise<string> => {
    await put('sys/class/net/eth0/address', `${mac}\n`);
    await put('sys/class/net/eth0/device/driver', '');
    await put('proc/meminfo', 'MemTotal: 16303456 kB\n');
    await put('proc/cpuinfo', 'processor\t: 0\n');
    await put('run/address', '127.0.0.1');
    const session = await new CinpClient(server.url, { version: '1.0' }).login('bootstrap', IMAGE_PASSWORD);
    const more = [
      `. ${AGENT}/images/bootstrap`,
      'network_up() { :; }',
      'sleep() { :; }',
      'dmidecode() { :; }',
      'failed() { echo "failed: $1"; exit 1; }',
      `wipe_tables() { ${wipe}; }`,
    ].join('\n');
    const told = `contractor_host=${server.url} contractor_login=bootstrap:${session} lldp_seconds=0 disks_quiet=0`;
    return sh('run_image; echo "status $?"', { cmdline: told, more });
  };

  it('has its disks wiped once it has told what it is made of, and begins anew where somebody deletes it', async () => {
    await foundation('image1');
    await interfaceOf('image1', { physical_location: 'eth0', mac: '00:11:22:33:55:01' });
    const deleted = at('run/deleted');
    const root = `--header "Authorization: Bearer root:${token}"`;
    const about = `curl --silent ${root} ${server.url}/api/rest/Building/Foundation/image1`;
    const remove = `curl --silent --request DELETE ${root} ${server.url}/api/rest/Survey/Cartographer/$IDENTIFIER`;
    const wipe = `${about} | jq -r '.id_map.network.eth0.mac'; [ -e ${deleted} ] || ${remove}; echo >${deleted}`;
    expect(await boot('00:11:22:33:55:01', wipe)).toBe('00:11:22:33:55:01\n00:11:22:33:55:01\nstatus 0\n');
    expect(await done('GET', 'Building/Foundation/image1')).toMatchObject({ state: 'located', cartographer: null });
  });

  it('wipes nothing of a machine that is not what its blueprint asks for', async () => {
    await foundation('image2', 'two-disks');
    await interfaceOf('image2', { physical_location: 'eth0', mac: '00:11:22:33:55:02' });
    expect(await boot('00:11:22:33:55:02', 'echo wiped')).toBe('status 20\n');
    const { cartographer } = await done('GET', 'Building/Foundation/image2');
    expect(await shown(String(cartographer))).toMatchObject({ message: expect.stringContaining('"disks"') });
    await client.delete(`${CARTOGRAPHER}:${String(cartographer)}:`);
  });
});

describe('unknown hardware', () => {
  const report = (serial: string) => ({
    hardware: hardware(serial, { pci: { '00:1f.6': { vendor: '8086', device: '15b8' } } }),
    disks: disks(`${serial}-a`, `${serial}-b`),
    network: { eno1: { mac: `00:11:22:00:00:${serial.slice(-2)}`, primary: true } },
    lldp: port(40),
  });

  it('waits, and is held against blueprints', async () => {
    for (const n of [1, 2]) {
      await register(`new${n}`);
      expect(await lookup(`new${n}`, report(`SN0${n}`))).toEqual({ matched_by: null });
    }
    const one = await done('GET', 'Survey/Cartographer/new1');
    const two = await done('GET', 'Survey/Cartographer/new2');
    expect(one['fingerprint']).toMatchObject({ cpus: 16, memory_mib: 65_536, pci: ['device=15b8 vendor=8086'] });
    expect(two['fingerprint']).toEqual(one['fingerprint']);
    expect(await done('POST', 'Survey/Cartographer/new1/blueprints', {})).toEqual([
      { blueprint: 'two-disks', fits: true, fault: null },
    ]);
  });

  const rule = {
    name: 'rack4',
    blueprint: 'two-disks',
    foundation_type: 'Manual',
    site: 'site1',
    locator: 'rack4-{n}',
    plot: 'row4',
  };

  it('is taken in by no rule that says nothing, or what is not there', async () => {
    await created('/api/v1/Survey/Plot', { name: 'row4', corners: 'aisle 4' });
    const refusal = async (values: Values) => JSON.stringify((await rest('POST', 'Survey/IntakeRule', values)).body);
    expect(await refusal({ ...rule, locator: 'one' })).toContain('is one name for all machines');
    expect(await refusal({ ...rule, foundation_type: 'Lamp' })).toContain('there is no foundation type \\"Lamp\\"');
    expect(await refusal({ ...rule, foundation_type: 'ManualComplex' })).toContain('are no foundations of the type');
    expect(await refusal({ ...rule, fingerprint: { a: '(' } })).toContain('no regular expression');
    expect(await refusal({ ...rule, values: { colour: 'red' } })).toContain('colour: there is no such field');
    const wide = { ...rule, blueprint: 'metal', enabled: true };
    expect(await refusal(wide)).toContain('would take in whatever calls in');
  });

  it('is taken in by a rule once that is in force, and looked at before', async () => {
    await done('POST', 'Survey/IntakeRule', { ...rule, network: networkId });
    expect(await lookup('new1', report('SN01'))).toEqual({ matched_by: null });
    const taken = { foundation_type: 'Manual', blueprint: 'two-disks', site: 'site1', plot: 'row4' };
    expect(await done('POST', 'Survey/IntakeRule/rack4/preview', {})).toEqual([
      { identifier: 'new1', locator: 'rack4-1', ...taken, interfaces: [{ name: 'eno1', mac: '00:11:22:00:00:01' }] },
      { identifier: 'new2', locator: 'rack4-2', ...taken, interfaces: [{ name: 'eno1', mac: '00:11:22:00:00:02' }] },
    ]);
    expect((await rest('GET', 'Building/Foundation/rack4-1')).status).toBe(404);
    await done('PATCH', 'Survey/IntakeRule/rack4', { enabled: true });
    expect(await lookup('new1', report('SN01'))).toEqual({ matched_by: 'rule: "rack4"', locator: 'rack4-1' });
    expect(await done('GET', 'Survey/Position/rack4-1')).toMatchObject({ plot: 'row4' });
    const { uris } = await client.list(REAL, {
      filter: 'foundation',
      parameters: { foundation: `${FOUNDATION}:rack4-1:` },
    });
    expect(await client.get(uris[0] ?? '')).toMatchObject({
      name: 'eno1',
      mac: '00:11:22:00:00:01',
      link_name: 'sw-0-40-0',
      pxe: '/api/v1/BluePrint/PXE:bootstrap:',
    });
    expect(await identify('rack4-1', report('SN01'))).toBeNull();
    expect(await finish('new1')).toBeNull();
    expect(await client.get(`${FOUNDATION}:rack4-1:`)).toMatchObject({ state: 'located' });
    await done('PATCH', 'Survey/IntakeRule/rack4', { enabled: false });
  });

  it('is taken in by a person, all of it or nothing', async () => {
    const path = 'Survey/Cartographer/new2/takeIn';
    const wanted = { rule: 'rack4', locator: 'mine-{serial}' };
    expect(await done('POST', path, { ...wanted, dry_run: true })).toMatchObject({ locator: 'mine-SN02' });
    expect((await rest('GET', 'Building/Foundation/mine-SN02')).status).toBe(404);
    const twice = await rest('POST', path, { ...wanted, locator: 'rack4-1' });
    expect(JSON.stringify(twice.body)).toContain('already exists');
    const unknown = await rest('POST', path, { ...wanted, values: { constructor: 'x' } });
    expect(JSON.stringify(unknown.body)).toContain('constructor: there is no such field');
    expect((await done('GET', 'Survey/Cartographer/new2'))['foundation']).toBeNull();
    expect(await done('POST', path, wanted)).toMatchObject({ locator: 'mine-SN02', foundation_type: 'Manual' });
    expect(await lookup('new2', {})).toEqual({ matched_by: 'Pre-Set', locator: 'mine-SN02' });
    const again = await rest('POST', path, wanted);
    expect(JSON.stringify(again.body)).toContain('this machine is foundation \\"mine-SN02\\" already');
  });
});

describe('where a foundation stands', () => {
  it('is a unit of a rack that nothing else is in, and free when it goes', async () => {
    for (const name of ['stand1', 'stand2']) await foundation(name);
    const at = { plot: 'row4', rack: 'r1', unit: 10, height: 2 };
    await done('POST', 'Survey/Position', { locator: 'stand1', ...at });
    const taken = await rest('POST', 'Survey/Position', { locator: 'stand2', ...at, unit: 11 });
    expect(JSON.stringify(taken.body)).toContain('units 10 to 11 of the rack are taken by Foundation stand1');
    await done('PATCH', 'Survey/Position/stand1', { unit: 12, x: 3, y: 4 });
    await done('POST', 'Survey/Position', { locator: 'stand2', ...at });
    const used = await rest('DELETE', 'Survey/Plot/row4');
    expect(JSON.stringify(used.body)).toContain('Position stand1');
    await client.delete(`${FOUNDATION}:stand1:`);
    expect((await rest('GET', 'Survey/Position/stand1')).status).toBe(404);
    await done('PATCH', 'Survey/Position/stand2', { unit: 12 });
    const none = await rest('POST', 'Survey/Position', { locator: 'nothing', ...at });
    expect(JSON.stringify(none.body)).toContain('there is no foundation nothing');
  });
});

describe('hardware that is not what it was', () => {
  let receiver: Server;
  const heard: Values[] = [];
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        heard.push(JSON.parse(text) as Values);
        response.end();
      });
    });
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await done('POST', 'PostOffice/Subscription', { name: 'drift', url, kinds: ['foundation.*'] });
  });
  afterAll(() => void receiver.close());

  const drift = async () => (await done('GET', 'Building/Foundation/drift1'))['drift'];
  const whole = { hardware: hardware('DD1'), disks: disks('d1', 'd2') };

  it('is told to webhooks, and shown until it is as it was or somebody accepts it', async () => {
    await foundation('drift1', 'two-disks');
    expect(await identify('drift1', whole)).toBeNull();
    await done('POST', 'Building/Foundation/drift1/force', { state: 'built' });
    expect(await identify('drift1', { ...whole, disks: whole.disks.toReversed() })).toBeNull();
    expect(await drift()).toEqual([]);

    const gone = [{ part: 'disks[d2]', was: { serial: 'd2', size: 960 }, is: null }];
    expect(await identify('drift1', { ...whole, disks: disks('d1') })).toBe('Item "disks" is 1, at least 2 wanted');
    expect(await drift()).toEqual(gone);
    expect((await done('GET', 'Building/Foundation?filter=drifted'))['total']).toBe(1);
    const refusal = await rest('POST', 'Building/Foundation/drift1/acceptHardware', {});
    expect(JSON.stringify(refusal.body)).toContain('it is not what its blueprint \\"two-disks\\" asks for');
    await identify('drift1', whole);
    expect(await drift()).toEqual([]);

    const more = { ...whole, hardware: hardware('DD1', { total_ram: 131_072 }) };
    expect(await identify('drift1', more)).toBeNull();
    expect(await drift()).toEqual([{ part: 'hardware.total_ram', was: 65_536, is: 131_072 }]);
    await done('POST', 'Building/Foundation/drift1/acceptHardware', {});
    expect(await done('GET', 'Building/Foundation/drift1')).toMatchObject({ drift: [], id_map: more, state: 'built' });
    const twice = await rest('POST', 'Building/Foundation/drift1/acceptHardware', {});
    expect(JSON.stringify(twice.body)).toContain('there is nothing to accept');

    const kinds = () => heard.map(({ kind }) => kind).filter((kind) => String(kind).includes('hardware'));
    await until(async () => kinds().length === 4);
    expect(kinds()).toEqual([
      'foundation.hardware_drifted',
      'foundation.hardware_returned',
      'foundation.hardware_drifted',
      'foundation.hardware_accepted',
    ]);
    const [first] = heard.filter(({ kind }) => kind === 'foundation.hardware_drifted');
    expect(first).toMatchObject({ object: { id: 'drift1' }, site: 'site1', data: { changes: gone } });
    const history = await done('GET', 'Building/Foundation/drift1/history');
    expect(JSON.stringify(history)).toContain('FoundationHardwareDrifted');
  });
});
