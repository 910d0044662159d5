import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { RunningProgram } from '#testing';
import { LIBVIRT_BRIDGE, startLibvirtd, startNatsServer, startProgram, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:lab:';
const FOUNDATION = '/api/v1/Building/Foundation:node01:';
const JOBS = ['FoundationJob', 'StructureJob'].map((name) => `/api/v1/Foreman/${name}`);
/** The leases of lost tasks run out so soon, in seconds. */
const LEASE_S = 6;

/** What stands on the machine; without an operating system, its script only switches it on and looks. */
const GUEST = `
sflinks = [['guest', 'libvirt-vm-base']]
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
description = 'Wait for the end'
script = '''
foundation.wait_for_poweroff()
'''
[structure.guest]
description = 'A guest'
[structure.guest.config_values]
cpu_count = 1
memory_size = 512
disk_size = 2
[structure.guest.scripts]
create = 'guest-create'
look = 'guest-look'
destroy = 'guest-destroy'
`;

const [libvirtd, nats] = await Promise.all([startLibvirtd(), startNatsServer()]);
const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-libvirt-'));
const { client, rest } = await startJourney({ NATS_URL: nats.url, CONTRACTOR_LEASE: String(LEASE_S) });

/** Stands before virsh: a command with a file of its name in `before` or `after` waits there for ever, and says so. */
const inDirectory = (...names: string[]) => path.join(directory, ...names);
async function standBeforeVirsh(): Promise<void> {
  await Promise.all(['before', 'after', 'bin'].map((name) => mkdir(inDirectory(name))));
  const script = `#!/bin/sh
wait_here() { for word; do if [ -e "${directory}/$when/$word" ]; then mv "${directory}/$when/$word" "${directory}/held"; exec sleep 600; fi; done; }
when=before; wait_here "$@"
env PATH="\${PATH#"${inDirectory('bin')}:"}" virsh "$@" || exit
when=after; wait_here "$@"
`;
  await writeFile(inDirectory('bin', 'virsh'), script);
  await chmod(inDirectory('bin', 'virsh'), 0o755);
}
await standBeforeVirsh();

const startAgent = (): Promise<RunningProgram> =>
  startProgram(
    'apps/subcontractor/src/main',
    {
      PATH: `${inDirectory('bin')}:${process.env['PATH']}`,
      NATS_URL: nats.url,
      SUBCONTRACTOR_SITE: 'lab',
      SUBCONTRACTOR_LIBVIRT_URI: libvirtd.uri,
      SUBCONTRACTOR_LIBVIRT_DIRECTORY: libvirtd.folder,
      SUBCONTRACTOR_LIBVIRT_TYPE: 'qemu',
    },
    'serving',
  );
let agent: RunningProgram | undefined;
afterAll(async () => {
  await agent?.stop();
  await Promise.all([libvirtd.stop(), nats.stop()]);
  await rm(directory, { recursive: true });
});

/**
 * Has something done that comes to a command of virsh, and kills the agent with -9 before or after that.
 * @returns what domains there are before another agent is started
 */
async function killedAt(
  when: 'before' | 'after',
  command: string,
  act: () => Promise<unknown>,
): Promise<readonly string[]> {
  await writeFile(inDirectory(when, command), '');
  await act();
  await until(() => existsSync(inDirectory('held')));
  await agent?.kill();
  await rm(inDirectory('held'));
  const left = await domains();
  agent = await startAgent();
  return left;
}

const created = async (model: string, values: Values) => (await client.create(`/api/v1/${model}`, values)).uri;
const idOf = (uri: string): string => uri.split(':')[1] ?? '';
const state = async (uri: string) => (await client.get(uri))['state'];
/** Waits for a state, and tells what a job has against it. */
async function becomes(uri: string, wanted: string): Promise<void> {
  await until(async () => {
    const listings = await Promise.all(JOBS.map((model) => client.list(model)));
    for (const job of listings.flatMap(({ uris }) => uris)) {
      const { state: its, message } = await client.get(job).catch(() => ({ state: 'over', message: '' }));
      expect([its, message]).not.toEqual([expect.stringMatching(/error|aborted|paused/), message]);
    }
    return (await state(uri)) === wanted;
  });
}
/** The domains that QEMU has. */
const domains = async () => (await libvirtd.virsh(['list', '--all', '--name'])).split('\n').filter(Boolean);
const files = () => readdir(libvirtd.folder);

/** Says that something is built that stood there before. */
async function force(what: string): Promise<void> {
  expect(await rest('POST', `Building/${what}/force`, { state: 'built' })).toMatchObject({ status: 204 });
}

describe('a machine of libvirt', () => {
  let structure: string;

  it('has a host that Contractor knows, which carries it', async () => {
    await created('Site/Site', { name: 'lab', description: 'x' });
    agent = await startAgent();
    for (const name of ['manual', 'libvirt']) {
      expect((await rest('POST', 'Setup/Platform/enable', { name })).status).toBe(200);
    }
    const loaded = await rest('POST', 'BluePrint/ResourceFile/load', { files: { 'guest.toml': GUEST } });
    expect(loaded).toMatchObject({ status: 200 });
    const network = await created('Utilities/Network', { site: SITE, name: LIBVIRT_BRIDGE });
    const block = await created('Utilities/AddressBlock', { site: SITE, name: 'lab', subnet: '10.7.0.0', prefix: 24 });
    await created('Utilities/NetworkAddressBlock', { network, address_block: block });
    const interfaceOf = (locator: string) =>
      created('Utilities/RealNetworkInterface', {
        foundation: `/api/v1/Building/Foundation:${locator}:`,
        name: 'eth0',
        physical_location: 'eth0',
        network,
        is_provisioning: true,
      });
    const standing = async (hostname: string, foundation: string, blueprint: string, offset: number) => {
      const uri = await created('Building/Structure', {
        hostname,
        site: SITE,
        foundation: `/api/v1/Building/Foundation:${foundation}:`,
        blueprint: `/api/v1/BluePrint/StructureBluePrint:${blueprint}:`,
      });
      const networked = `/api/v1/Utilities/Networked:${idOf(uri)}:`;
      const address = { networked, interface_name: 'eth0', is_primary: true, address_block: block, offset };
      await created('Utilities/Address', address);
      return uri;
    };

    await created('Manual/ManualFoundation', {
      site: SITE,
      locator: 'host01',
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:',
    });
    await interfaceOf('host01');
    const host = await standing('host01', 'host01', 'manual-structure-base', 10);
    await force('Foundation/host01');
    await force(`Structure/${idOf(host)}`);
    await created('LibVirt/LibVirtComplex', { name: 'kvm', site: SITE, description: 'x', members: [host] });

    await client.call('/api/v1/Building/Complex:kvm:(createFoundation)', {
      hostname: 'node01',
      site: SITE,
      interface_map_list: [{ network_id: Number(idOf(network)) }],
    });
    structure = await standing('node01', 'node01', 'guest', 11);
    await becomes(FOUNDATION, 'located');
  });

  it('is made once, whose agent is killed before it is defined', async () => {
    expect(await killedAt('before', 'define', () => client.call(`${FOUNDATION}(doCreate)`))).toEqual([]);
    await becomes(FOUNDATION, 'built');
    expect(await domains()).toEqual(['node01']);
    expect(await files()).toHaveLength(1);
    const { libvirt_uuid: uuid } = await client.get('/api/v1/LibVirt/LibVirtFoundation:node01:');
    expect((await libvirtd.virsh(['domuuid', 'node01'])).trim()).toBe(uuid);
    const [its] = (
      await client.list('/api/v1/Utilities/RealNetworkInterface', {
        filter: 'foundation',
        parameters: { foundation: FOUNDATION },
      })
    ).uris;
    expect(await libvirtd.virsh(['domiflist', 'node01'])).toContain(String((await client.get(its ?? ''))['mac']));
  });

  it('is switched on, looked at, and switched off', async () => {
    await client.call(`${structure}(doCreate)`);
    await becomes(structure, 'built');
    expect((await libvirtd.virsh(['domstate', 'node01'])).trim()).toBe('running');
    const job = await client.call<number>(`${structure}(doJob)`, { name: 'look' });
    await until(async () => {
      const { state: its, message } = await client
        .get(`/api/v1/Foreman/StructureJob:${job}:`)
        .catch(() => ({ state: 'over', message: '' }));
      expect([its, message]).not.toEqual(['error', message]);
      return its === 'over';
    });
    // Whoever would shut it down has no operating system to do it with.
    await libvirtd.virsh(['destroy', 'node01']);
    await client.call(`${structure}(doDestroy)`);
    await becomes(structure, 'planned');
  });

  it('is removed once with its files, whose agent is killed in the middle of that', async () => {
    const left = await killedAt('before', 'undefine', () => client.call(`${FOUNDATION}(doDestroy)`));
    expect(left).toEqual(['node01']);
    await becomes(FOUNDATION, 'located');
    expect([await domains(), await files()]).toEqual([[], []]);
    expect(await client.get('/api/v1/LibVirt/LibVirtFoundation:node01:')).toMatchObject({ libvirt_uuid: null });
  });

  it('is made once, whose agent is killed when it is defined and has not said so', async () => {
    expect(await killedAt('after', 'define', () => client.call(`${FOUNDATION}(doCreate)`))).toEqual(['node01']);
    const [made] = await files();
    await becomes(FOUNDATION, 'built');
    expect([await domains(), await files()]).toEqual([['node01'], [made]]);
    await client.call(`${FOUNDATION}(doDestroy)`);
    await becomes(FOUNDATION, 'located');
    expect([await domains(), await files()]).toEqual([[], []]);
  });
});
