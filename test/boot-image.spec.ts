import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(600_000);

const run = promisify(execFile);
const { client, rest, server } = await startJourney();

const MIB = 1024 * 1024;
const MAC = '52:54:00:77:00:01';
const SITE = '/api/v1/Site/Site:site1:';
const UTILITIES = '/api/v1/Utilities';
/** Where this machine is for those that QEMU runs; they come from 127.0.0.1 to it. */
const HERE = '10.0.2.2';

type Values = Readonly<Record<string, unknown>>;

let folder: string;
let files: Server;
let again: Promise<string>;

const at = (...names: readonly string[]): string => path.join(folder, ...names);
const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const asked = async (method: string, name: string, body?: Values): Promise<Values> => {
  const answer = await rest(method, name, body);
  if (answer.status >= 300) throw new Error(`${method} ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return ('value' in answer.body ? answer.body['value'] : answer.body) as Values;
};
const build = async (output: string): Promise<string> => {
  const packages = ['--packages', 'node_modules/.cache/boot-image'];
  const { stdout } = await run('scripts/build-boot-image.sh', ['--kernel', 'cloud-amd64', ...packages, output]);
  return stdout;
};

/** Boots a machine as its boot script says, until it powers itself off. */
async function boot(disk: string): Promise<void> {
  const script = await (
    await fetch(`${server.url}/config/boot_script/`, { headers: { 'User-Agent': 'iPXE/1.0' } })
  ).text();
  const [, kernel = '', words = ''] = /^kernel \S*\/disks\/(\S+) (.*)$/m.exec(script) ?? [];
  expect(script).toMatch(/^kernel .*initrd=/m);
  const [, initrd = ''] = /^initrd \S*\/disks\/(\S+)$/m.exec(script) ?? [];
  const more = `contractor_host=http://${HERE}:${new URL(server.url).port} lldp_seconds=0 disks_quiet=1 lookup_pause=1`;
  const serial = at('serial');
  const child = spawn(
    'qemu-system-x86_64',
    [
      '-accel',
      'tcg',
      '-m',
      '256',
      '-nodefaults',
      '-nographic',
      '-monitor',
      'none',
      '-no-reboot',
      '-smbios',
      'type=1,serial=SN0001',
      '-rtc',
      'base=2020-01-01',
      '-serial',
      `file:${serial}`,
      '-kernel',
      at('image', kernel),
      '-initrd',
      at('image', initrd),
      '-append',
      `quiet panic=-1 console=ttyS0,115200 ${words} ${more}`,
      '-drive',
      `file=${disk},if=none,id=d,format=raw`,
      '-device',
      'virtio-blk-pci,drive=d,serial=D1',
      '-netdev',
      'user,id=n',
      '-device',
      `virtio-net-pci,netdev=n,mac=${MAC}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  const shown = said + (await readFile(serial, 'latin1').catch(() => '')).split('\n').slice(-40).join('\n');
  expect({ code, shown }).toEqual({ code: 0, shown: expect.stringContaining('Done: the machine is powered off.') });
}

/** Waits until the job of a target is over, and says why it is not. */
async function finished(model: string, key: string): Promise<void> {
  await until(async () => {
    const job = (await asked('POST', `Building/${model}/${key}/getJob`)) as Values | null;
    return job === null;
  });
}

const octets = async (file: string, from: number, size: number): Promise<Buffer> => {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(size), 0, size, from);
  await handle.close();
  return buffer;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-boot-image-'));
  await build(at('image'));
  again = build(at('again'));
  await asked('POST', 'BluePrint/ResourceFile/load', { shipped: ['base_os'] });
  await asked('POST', 'BluePrint/ResourceFile/load', { shipped: ['disks'] });
  await created('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  const network = { site: SITE, name: 'net1' };
  await created(`${UTILITIES}/AddressBlock`, { site: SITE, name: 'main', subnet: '127.0.0.0', prefix: 24 });
  await created(`${UTILITIES}/Network`, network);
});
afterAll(async () => {
  files?.closeAllConnections();
  files?.close();
  await again?.catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

describe('the boot image', () => {
  const foundation = '/api/v1/Building/Foundation:rack1:';
  const disk = (): string => at('disk');

  const script = (name: string, image: string, of: string) =>
    created('/api/v1/BluePrint/Script', {
      name,
      description: 'x',
      script: `signaling.reset( pxe_name="${image}" )\ndhcp.set_pxe( interface=${of}.provisioning_interface, pxe="${image}" )\nsignaling.wait_for_completion()\n`,
    });

  it('calls in, is taken in by somebody, tells what it is made of, and is located', async () => {
    await script('wipe', 'disk-wipe', 'foundation');
    await script('install', 'linux-installer', 'structure');
    const metal = await created('/api/v1/BluePrint/FoundationBluePrint', {
      name: 'metal',
      description: 'x',
      foundation_type_list: ['Manual'],
      validation_template: { disks: { min: 1 }, 'hardware.total_cpu_count': { min: 1 } },
    });
    await created('/api/v1/BluePrint/BluePrintScript', {
      blueprint: metal,
      script: '/api/v1/BluePrint/Script:wipe:',
      name: 'create',
    });
    const block = `${UTILITIES}/AddressBlock:1:`;
    const lent = await created(`${UTILITIES}/DynamicAddress`, {
      address_block: block,
      offset: 1,
      pxe: '/api/v1/BluePrint/PXE:bootstrap:',
    });
    await writeFile(disk(), Buffer.alloc(64 * MIB, 0xaa));
    const booted = boot(disk());
    let identifier = '';
    const calls = until(async () => {
      const { uris } = await client.list('/api/v1/Survey/Cartographer');
      const found =
        uris[0] === undefined
          ? undefined
          : await client.get<{ readonly identifier: string; readonly info_map: Values }>(uris[0]);
      identifier = found?.identifier ?? '';
      return Object.keys(found?.info_map ?? {}).length > 0;
    });
    await Promise.race([calls, booted]);
    expect(await client.get(`/api/v1/Survey/Cartographer:${identifier}:`)).toMatchObject({
      info_map: {
        hardware: { total_ram: 256, total_cpu_count: 1, dmi: { System: [{ 'Serial Number': 'SN0001' }] } },
        disks: [{ name: 'vda', serial: 'D1', octets: 64 * MIB }],
        network: { eth0: { mac: MAC, primary: true } },
        ip_address: '10.0.2.15',
        lldp: {},
      },
    });
    await asked('POST', `Survey/Cartographer/${identifier}/takeIn`, {
      blueprint: 'metal',
      site: 'site1',
      locator: 'rack1',
      network: 1,
    });
    await booted;
    expect(await client.get(foundation)).toMatchObject({
      state: 'located',
      id_map: expect.stringContaining("'serial': 'D1'"),
    });
    expect((await client.list('/api/v1/Survey/Cartographer')).uris).toEqual([]);
    await client.delete(lent);
  });

  it('wipes the disk for a job, which goes on then', async () => {
    const { uris } = await client.list(`${UTILITIES}/RealNetworkInterface`);
    await client.update(uris[0] ?? '', { is_provisioning: true });
    const structureBlueprint = await created('/api/v1/BluePrint/StructureBluePrint', {
      name: 'web',
      description: 'x',
      foundation_blueprint_list: ['/api/v1/BluePrint/FoundationBluePrint:metal:'],
    });
    await created('/api/v1/BluePrint/BluePrintScript', {
      blueprint: structureBlueprint,
      script: '/api/v1/BluePrint/Script:install:',
      name: 'create',
    });
    const structure = await created('/api/v1/Building/Structure', {
      hostname: 'web1',
      site: SITE,
      blueprint: structureBlueprint,
      foundation,
    });
    await created(`${UTILITIES}/Address`, {
      networked: structure.replace('Building/Structure', 'Utilities/Networked'),
      address_block: `${UTILITIES}/AddressBlock:1:`,
      offset: 1,
      interface_name: 'eth0',
      is_primary: true,
    });
    await client.call(`${foundation}(doCreate)`, {});
    await until(async () => String((await client.get<Values>(uris[0] ?? ''))['pxe']).includes('disk-wipe'));
    await boot(disk());
    await finished('Foundation', 'rack1');
    expect(await client.get(foundation)).toMatchObject({ state: 'built' });
    expect((await octets(disk(), 0, MIB)).every((one) => one === 0)).toBe(true);
    expect((await octets(disk(), 63 * MIB, MIB)).every((one) => one === 0)).toBe(true);
    expect((await octets(disk(), MIB, MIB)).every((one) => one === 0xaa)).toBe(true);
  });

  it('writes an image of an operating system, with what cloud-init is to make of it', async () => {
    // A table with one partition, and something in it.
    const image = Buffer.alloc(8 * MIB, 0x55);
    image.fill(0, 0, MIB);
    image.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0x38, 0, 0], 446);
    image.set([0x55, 0xaa], 510);
    const packed = gzipSync(image);
    files = createServer((_, response) => response.end(packed)).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const { port } = files.address() as AddressInfo;
    const structure = '/api/v1/Building/Structure:1:';
    await client.update(structure, {
      config_values: {
        os_image: {
          url: `http://${HERE}:${port}/debian.raw.gz`,
          sha256: createHash('sha256').update(packed).digest('hex'),
          size: image.length,
        },
        root_password_hash: '$6$salt$hash',
      },
    });
    await client.call(`${structure}(doCreate)`, {});
    await until(async () =>
      (await (await fetch(`${server.url}/config/boot_script/`)).text()).includes('linux-installer'),
    );
    await boot(disk());
    await finished('Structure', '1');
    expect(await octets(disk(), MIB, 7 * MIB)).toEqual(image.subarray(MIB));
    const table = await octets(disk(), 446, 32);
    expect(table.subarray(0, 16)).toEqual(image.subarray(446, 462));
    const start = table.readUInt32LE(16 + 8) * 512;
    expect([table[16 + 4], start % MIB, table.readUInt32LE(16 + 12)]).toEqual([0x0c, 0, 32_768]);
    const seed = (await octets(disk(), start, 16 * MIB)).toString('latin1');
    for (const text of [
      'cidata',
      '#cloud-config\n',
      '"local-hostname":"web1"',
      '"hashed_passwd":"$6$salt$hash"',
      `"macaddress":"${MAC}"`,
    ]) {
      expect(seed).toContain(text);
    }
  });

  it('is the same to the last octet when it is built again, and is there under the names that boot scripts ask for', async () => {
    const { stdout } = await run('sha256sum', ['contractor.vmlinuz', 'contractor.initrd'], { cwd: at('image') });
    expect(await again).toBe(stdout);
    for (const name of ['utility', 'bootstrap', 'set-rtc', 'linux-installer', 'disk-wipe', 'firmware']) {
      expect(await readlink(at('image', `${name}.vmlinuz`))).toBe('contractor.vmlinuz');
      expect(await readlink(at('image', `${name}.initrd`))).toBe('contractor.initrd');
    }
    const packages = await readFile(at('image', 'contractor.packages'), 'utf8');
    expect(packages).toMatch(/^linux-image-\S+-cloud-amd64 6\.1\.\S+$/m);
    expect((await readFile(at('image', 'contractor.initrd'))).length).toBeLessThan(16 * MIB);
  });
});
