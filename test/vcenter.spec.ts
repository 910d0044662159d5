/**
 * Virtual machines of a vCenter that vcsim plays: created, looked at and destroyed by jobs, over NATS and a subcontractor of its
 * own, which is killed in the middle of what it does. What there is of machines is counted at vCenter.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '#kernel';
import type { RunningProgram, Vcsim } from '#testing';
import { startNatsServer, startProgram, startVcsim, testAuthority, until } from '#testing';
import { vcenter } from '#platforms/vcenter/agent';
import { exchange } from '#platforms/http/exchange';
import { taskContext } from '../libs/platforms/test/task-context.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:lab:';
const BLUEPRINT = '/api/v1/BluePrint';
const JOBS = ['FoundationJob', 'StructureJob'].map((name) => `/api/v1/Foreman/${name}`);
/** The leases of lost tasks run out so soon, in seconds. */
const LEASE_S = 5;

/** What stands on the machine; without an operating system, its scripts only switch it, and look. */
const GUEST = `
sflinks = [['guest', 'vcenter-vm-base'], ['copy', 'vcenter-vm-base']]
[script.guest-create]
description = 'Switch on'
script = '''
foundation.power_on()
'''
[script.guest-look]
description = 'Look'
script = '''
state = foundation.power_state()
if ( state != 'on' ) then
  error( msg=( 'the machine is ' . state ) )
'''
[script.guest-destroy]
description = 'Switch off'
script = '''
foundation.power_off()
'''
[structure.guest]
description = 'A guest'
[structure.guest.config_values]
cpu_count = 2
memory_size = 512
disk_size = 2
[structure.guest.scripts]
create = 'guest-create'
look = 'guest-look'
destroy = 'guest-destroy'
[structure.copy]
description = 'A copy of a template'
parents = ['guest']
[structure.copy.config_values]
template = 'golden'
vcenter_hostname = 'copied'
vcenter_domain = 'example.test'
vcenter_dnsserver_list = ['10.7.0.2']
vcenter_dnssuffix_list = ['example.test']
`;

/** A way to a vCenter on which an answer can be kept back: what was asked for is done, and nobody hears of it. */
interface Gate {
  readonly address: string;
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** Keeps back the next answer to a method. Resolves when there is one. */
  keepBack(method: string): Promise<void>;
  stop(): Promise<void>;
}

async function startGate({ host }: Vcsim): Promise<Gate> {
  // Agents look for vCenter at the port of HTTPS.
  const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const authority = await testAuthority('vcenter');
  const { cert, key } = await authority.sign('vcenter', `IP:${address}`);
  const calls = new Map<string, number>();
  let kept: { readonly method: string; readonly done: () => void } | undefined;
  const server: Server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    void (async () => {
      const body = await text(request);
      const [, method = ''] = /:Body><(\w+)/.exec(body) ?? [];
      calls.set(method, (calls.get(method) ?? 0) + 1);
      const { 'content-type': type = '', soapaction, cookie } = request.headers;
      const headers = {
        'content-type': type,
        soapaction: String(soapaction),
        ...(cookie === undefined ? {} : { cookie }),
      };
      const url = new URL(request.url ?? '', `https://${host}`);
      const answer = await exchange({ method: 'POST', url, headers, body, signal: AbortSignal.timeout(30_000) });
      if (kept?.method === method) {
        kept.done();
        kept = undefined;
      } else {
        response.writeHead(answer.status, { 'set-cookie': answer.headers['set-cookie'] ?? [] });
        response.end(answer.text);
      }
    })();
  });
  server.listen(443, address);
  await once(server, 'listening');
  return {
    address,
    calls,
    keepBack: (method) => new Promise((done) => (kept = { method, done })),
    async stop() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => void server.close(resolve)), authority.remove()]);
    },
  };
}

const [vcsim, nats] = await Promise.all([startVcsim(), startNatsServer()]);
const gate = await startGate(vcsim);
const { client, rest, server } = await startJourney({ NATS_URL: nats.url, CONTRACTOR_LEASE: String(LEASE_S) });

const startAgent = (): Promise<RunningProgram> =>
  startProgram('apps/subcontractor/src/main', { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'lab' }, 'serving');
let agent: RunningProgram | undefined;
afterAll(async () => {
  await agent?.stop();
  await gate.stop();
  await Promise.all([vcsim.stop(), nats.stop()]);
});

const connection = {
  host: vcsim.host,
  credentials: { username: vcsim.username, password: new Secret(vcsim.password) },
};
const agentHere = vcenter({ pausesMs: [1] });
/** The machines that vCenter has. */
const machines = async () =>
  (await agentHere.tasks.list({ connection, datacenter: 'DC0', macs_of: [] }, taskContext())).machine_list;
const macsAt = async (uuid: string) =>
  (await agentHere.tasks.get_interface_map({ connection, uuid, name: uuid }, taskContext())).interface_list;

const created = async (model: string, values: Values) => (await client.create(`/api/v1/${model}`, values)).uri;
const idOf = (uri: string): string => uri.split(':')[1] ?? '';
const foundation = (locator: string) => `/api/v1/Building/Foundation:${locator}:`;
const openJobs = async () => {
  const lists = await Promise.all(JOBS.map((model) => client.list(model)));
  const found = await Promise.all(lists.flatMap(({ uris }) => uris).map((uri) => client.get(uri).catch(() => ({}))));
  return found.map(({ state, message }: Values) => ({ state, message }));
};
/** Waits until no job is left; one that needs somebody is a failure. */
async function over(): Promise<void> {
  await until(async () => {
    const open = await openJobs();
    expect(open.filter(({ state }) => ['error', 'paused', 'aborted'].includes(String(state)))).toEqual([]);
    return open.length === 0;
  });
}
/** Kills the agent once vCenter has done what is asked, before it hears of that; another one takes its place. */
async function killAfter(method: string): Promise<void> {
  await gate.keepBack(method);
  await agent?.kill();
  agent = await startAgent();
}
const interfaceOf = async (locator: string): Promise<string> => {
  const parameters = { foundation: foundation(locator) };
  const { uris } = await client.list('/api/v1/Utilities/RealNetworkInterface', { filter: 'foundation', parameters });
  return uris[0] ?? '';
};
const macOf = async (locator: string) => (await client.get(await interfaceOf(locator)))['mac'];

describe('a machine of vCenter', () => {
  let network: string;
  let block: string;
  let guest: string;

  const standing = async (locator: string, blueprint: string, offset: number, values: Values = {}) => {
    const uri = await created('Building/Structure', {
      hostname: locator,
      site: SITE,
      foundation: foundation(locator),
      blueprint: `${BLUEPRINT}/StructureBluePrint:${blueprint}:`,
      ...values,
    });
    const networked = `/api/v1/Utilities/Networked:${idOf(uri)}:`;
    await created('Utilities/Address', {
      networked,
      interface_name: 'eth0',
      is_primary: true,
      address_block: block,
      offset,
    });
    return uri;
  };

  beforeAll(async () => {
    await created('Site/Site', { name: 'lab', description: 'x' });
    agent = await startAgent();
    for (const name of ['manual', 'vcenter']) {
      expect((await rest('POST', 'Setup/Platform/enable', { name })).status).toBe(200);
    }
    const loaded = await rest('POST', 'BluePrint/ResourceFile/load', { files: { 'guest.toml': GUEST } });
    expect(loaded).toMatchObject({ status: 200 });
    network = await created('Utilities/Network', { site: SITE, name: 'DC0_DVPG0' });
    const subnet = gate.address.replace(/\d+$/, '0');
    block = await created('Utilities/AddressBlock', { site: SITE, name: 'lab', subnet, prefix: 24 });
    await created('Utilities/NetworkAddressBlock', { network, address_block: block });
    await created('Manual/ManualFoundation', {
      site: SITE,
      locator: 'host01',
      blueprint: `${BLUEPRINT}/FoundationBluePrint:manual-foundation-base:`,
    });
    await created('Utilities/RealNetworkInterface', {
      foundation: foundation('host01'),
      name: 'eth0',
      physical_location: 'eth0',
      network,
      is_provisioning: true,
    });
    const host = await standing('host01', 'manual-structure-base', Number(gate.address.split('.')[3]));
    for (const what of ['Foundation/host01', `Structure/${idOf(host)}`]) {
      expect(await rest('POST', `Building/${what}/force`, { state: 'built' })).toMatchObject({ status: 204 });
    }
    await created('VCenter/VCenterComplex', {
      name: 'vc',
      site: SITE,
      description: 'x',
      members: [host],
      vcenter_host: host,
      vcenter_username: vcsim.username,
      vcenter_password: vcsim.password,
      vcenter_datacenter: 'DC0',
      vcenter_cluster: 'DC0_C0',
    });
  });
  const carried = (locator: string) =>
    client.call('/api/v1/Building/Complex:vc:(createFoundation)', {
      hostname: locator,
      site: SITE,
      interface_map_list: [{ network_id: Number(idOf(network)) }],
    });

  it('is made once, with its MAC, whose agent is killed when it is made and has not said so', async () => {
    await carried('node01');
    guest = await standing('node01', 'guest', freeOffset(11));
    const killed = killAfter('CreateVM_Task');
    await client.call(`${foundation('node01')}(doCreate)`);
    await killed;
    const [made, ...others] = await machines();
    expect([made?.name, others]).toEqual(['node01', []]);
    await over();
    expect(await machines()).toEqual([made]);
    expect(await client.get('/api/v1/VCenter/VCenterFoundation:node01:')).toMatchObject({
      state: 'built',
      vcenter_uuid: made?.id,
    });
    expect([await macOf('node01')]).toEqual(await macsAt(made?.id ?? ''));
  });

  it('is switched on, whose agent is killed when it is on, and is looked at by a script of its own', async () => {
    const killed = killAfter('PowerOnVM_Task');
    await client.call(`${guest}(doCreate)`);
    await killed;
    await over();
    expect([(await client.get(guest))['state'], await machines()]).toEqual([
      'built',
      [expect.objectContaining({ name: 'node01', power: 'on' })],
    ]);
    await client.call(`${guest}(doJob)`, { name: 'look' });
    await over();
  });

  it('is told of where somebody has switched it off by hand, by a look that lists all of them at once', async () => {
    const machine_drift = async () => (await rest('GET', 'Building/Foundation/node01')).body['machine_drift'];
    const looked = async () => {
      const at = async () =>
        ((await rest('POST', 'Building/Complex/vc/machines', {})).body['value'] as Values)['looked_at'];
      const before = await at();
      const views = gate.calls.get('CreateContainerView') ?? 0;
      expect(await rest('POST', 'Building/Complex/vc/look', {})).toMatchObject({ status: 204 });
      await until(async () => (await at()) !== before);
      expect(gate.calls.get('CreateContainerView')).toBe(views + 1);
    };
    await looked();
    expect(await machine_drift()).toEqual([]);
    const [made] = await machines();
    await agentHere.tasks.set_power({ connection, uuid: made?.id ?? '', name: 'node01', state: 'off' }, taskContext());
    await looked();
    expect(await machine_drift()).toEqual([{ part: 'power', was: 'on', is: 'off' }]);
  });

  it('is removed, whose agent is killed when it is gone', async () => {
    const killed = killAfter('Destroy_Task');
    await client.call(`${guest}(doDestroy)`);
    await client.call(`${foundation('node01')}(doDestroy)`);
    await killed;
    expect(await machines()).toEqual([]);
    await over();
    expect([await machines(), await macOf('node01')]).toEqual([[], null]);
    expect(await client.get('/api/v1/VCenter/VCenterFoundation:node01:')).toMatchObject({ vcenter_uuid: null });
    await until(async () => (await client.get(foundation('node01')))['state'] === 'located');
  });

  it('that is a copy gets a MAC from vCenter, which is refused where an interface of another foundation has it', async () => {
    const golden = await agentHere.tasks.create(
      {
        connection,
        vm: {
          datacenter: 'DC0',
          cluster: 'DC0_C0',
          name: 'golden',
          host: 'DC0_C0_H0',
          datastore: 'LocalDS_0',
          cpu_count: 1,
          memory_size: 512,
          boot_order: [],
          guest_id: 'otherGuest',
          disk_list: [],
          interface_list: [{ name: 'eth0', physical_location: 'eth0', network: 'DC0_DVPG0' }],
        },
      },
      taskContext(),
    );
    const its = { connection, uuid: golden.uuid, name: 'golden' };
    await agentHere.tasks.mark_as_template({ ...its, as_template: true }, taskContext());
    await carried('node02');
    await standing('node02', 'copy', freeOffset(12));
    await client.call(`${foundation('node02')}(doCreate)`);
    await over();
    const mac = await macOf('node02');
    const uuid = async () => (await machines()).find(({ name }) => name === 'node02')?.id ?? '';
    expect([mac]).toEqual(await macsAt(await uuid()));

    // vcsim gives a machine of this name the same MAC again; meanwhile somebody else has it.
    await client.call(`${foundation('node02')}(doDestroy)`);
    await over();
    const other = await interfaceOf('host01');
    await client.update(other, { mac });
    await client.call(`${foundation('node02')}(doCreate)`);
    const refused = `MAC ${String(mac)}, of "eth0", is that of interface "eth0" of foundation "host01" already`;
    await until(async () => (await openJobs())[0]?.state === 'error', 30_000);
    expect(await openJobs()).toEqual([{ state: 'error', message: expect.stringContaining(refused) }]);
    expect(await macsAt(await uuid())).toEqual([mac]);
    expect(await macOf('node02')).toBeNull();

    await client.update(other, { mac: null });
    const [job] = (await client.list('/api/v1/Foreman/FoundationJob')).uris;
    await client.call(`${job}(reset)`);
    await over();
    expect([await macOf('node02'), (await machines()).filter(({ name }) => name === 'node02')]).toEqual([
      mac,
      [expect.objectContaining({ id: await uuid() })],
    ]);
    expect(server.lines.join('\n')).not.toContain(vcsim.password);
  });
});

/** An offset in the block of the host that is not that of the host. */
const freeOffset = (wanted: number): number => (String(wanted) === gate.address.split('.')[3] ? wanted + 100 : wanted);
