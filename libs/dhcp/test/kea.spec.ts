import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { DhcpClient, Kea, TestNetwork } from '#testing';
import { startKea, startNetwork, until } from '#testing';
import { discoverPacket } from '../src/kea/discover.ts';
import { kea4Configuration } from '../src/kea/kea4-configuration.ts';
import { kea6Configuration } from '../src/kea/kea6-configuration.ts';
import type { KeaDriverOptions } from '../src/kea/kea-driver.ts';
import { KeaDriver } from '../src/kea/kea-driver.ts';
import { currentLeases } from '../src/kea/kea-leases.ts';
import type { KeaMap } from '../src/kea/kea-json.ts';
import { keaSocket } from '../src/kea/kea-socket.ts';
import { offersLeases, questionsFor } from '../src/kea/prove-service.ts';
import { radvdConfiguration } from '../src/kea/radvd-configuration.ts';
import type { SiteSubnet } from '../src/subnets/site-subnet.ts';
import { replaceFile } from '../src/service/replace-file.ts';
import { RouterAdvertisements } from '../src/service/router-advertisements.ts';
import { ServedKea } from '../src/service/served-kea.ts';
import { machine, settings, subnet } from './example-subnets.ts';

jest.setTimeout(120_000);

const WEB1 = '52:54:00:77:00:01';
const WEB2 = '52:54:00:77:00:02';
/** In the second subnet of the wire alone. */
const WEB3 = '52:54:00:77:00:03';
const STRANGER = '52:54:00:77:00:99';
const UUID = '5a9f1d0e-3c4b-4f0a-9c1d-0b1e2f3a4b5c';

const EVERYBODY = '255.255.255.255';

/** What is sent from within the network, as an agent does that is on Kea's machine. */
const SEND = `const socket = require('node:dgram').createSocket('udp4');
socket.bind(0, '10.77.0.1', () => { socket.setBroadcast(true);
  socket.send(Buffer.from(process.argv[1], 'hex'), 67, process.argv[2], () => socket.close()); });`;

describe('Kea for IPv4', () => {
  let network: TestNetwork;
  let kea: Kea;
  let driver: KeaDriver;
  let parts: KeaDriverOptions;
  const said = settings();
  const served = [
    subnet({
      mtu: 1400,
      vlan: 30,
      pool: ['10.77.0.100', '10.77.0.101'],
      machines: [
        machine(WEB1, '10.77.0.11', { mtu: 1400, vlan: 30, host_name: 'web1' }),
        machine(WEB2, '10.77.0.12', { mtu: 1400, vlan: 31, host_name: 'web2', console: 'ttyS1', config_uuid: '' }),
      ],
    }),
    subnet({
      block: 2,
      subnet: '10.78.0.0/24',
      gateway: null,
      links: ['1/0'],
      machines: [machine(WEB1, '10.78.0.11'), machine(WEB3, '10.78.0.13', { host_name: 'web3', console: 'ttyS1' })],
    }),
  ];

  beforeAll(async () => {
    network = await startNetwork('10.77.0.1/24');
    kea = await startKea({ interfaces: ['srv0'], network });
    const ask = keaSocket(kea.socket);
    parts = {
      ask,
      name: 'dhcp4',
      socket: kea.socket,
      render: (subnets, running) => kea4Configuration(subnets, said, running),
      prove: async (subnets) => {
        const questions = questionsFor(subnets, said.relays);
        const send = async ({ mac, giaddr }: { readonly mac: string; readonly giaddr: string }) => {
          const packet = discoverPacket({ mac, giaddr, xid: Buffer.of(1, 2, 3, 4) }).toString('hex');
          await network.run(process.execPath, '-e', SEND, packet, EVERYBODY);
        };
        return offersLeases(ask, questions, { address: EVERYBODY, port: 67 }, { send });
      },
      good: undefined,
      log: silentLogger,
    };
    driver = new KeaDriver(parts);
    await driver.serve(served);
  });
  afterAll(async () => {
    await kea?.stop();
    await network?.stop();
  });

  it('takes what is made for it, and is seen to offer leases', () => {
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('leases a machine its own address, and tells it all that is known', async () => {
    const told = await network.lease({ mac: WEB1, asks: [12, 15, 26, 119, 132, 210] });
    expect(told).toMatchObject({
      ip: '10.77.0.11',
      mask: '24',
      router: '10.77.0.254',
      dns: '10.77.0.1',
      domain: 'site.test',
      search: 'site.test example.test',
      hostname: 'web1',
      mtu: '1400',
      lease: '3600',
    });
    // What this client calls the option 210.
    expect(told).toMatchObject({ pxepathprefix: UUID });
    expect(told).not.toHaveProperty('boot_file');
  });

  it('leases whoever asks an address of the pool, and the same one again', async () => {
    const first = await network.lease({ mac: STRANGER });
    expect(['10.77.0.100', '10.77.0.101']).toContain(first?.['ip']);
    expect(first).toMatchObject({ lease: '600' });
    expect(await network.lease({ mac: STRANGER })).toMatchObject({ ip: first?.['ip'] });
  });

  it.each<readonly [string, DhcpClient, string, string | undefined]>([
    ['BIOS', { mac: WEB1, architecture: '0000' }, 'console.kpxe', '10.77.0.1'],
    ['BIOS at another console', { mac: WEB2, architecture: '0000' }, 'ttyS1.kpxe', '10.77.0.1'],
    ['UEFI', { mac: WEB1, architecture: '0007' }, 'console.efi', '10.77.0.1'],
    ['UEFI of another number', { mac: WEB2, architecture: '0009' }, 'ttyS1.efi', '10.77.0.1'],
    ['BIOS of a stranger', { mac: STRANGER, architecture: '0000' }, 'console.kpxe', '10.77.0.1'],
    ['BIOS in another subnet of the wire', { mac: WEB3, architecture: '0000' }, 'ttyS1.kpxe', '10.77.0.1'],
    ['UEFI over HTTP', { mac: WEB2, architecture: '0010' }, 'http://boot.test/ipxe/ttyS1.efi', undefined],
    [
      'iPXE',
      { mac: WEB1, architecture: '0000', userClass: 'iPXE' },
      'http://contractor/config/boot_script/',
      undefined,
    ],
    [
      'iPXE over UEFI',
      { mac: STRANGER, architecture: '0007', userClass: 'iPXE' },
      'http://contractor/config/boot_script/',
      undefined,
    ],
  ])('tells %s what to boot', async (_, client, file, server) => {
    const told = await network.lease({ ...client, asks: [60, 175, 210] });
    expect(told?.['boot_file']).toBe(file);
    expect(told?.['siaddr']).toBe(server);
    expect(told?.['opt175']).toBe(client.userClass === undefined ? undefined : 'b00101');
  });

  it('has leases that can be read', async () => {
    const now = Date.now();
    const leases = await currentLeases(keaSocket(kea.socket), 4, now);
    const [web1] = leases!.filter(({ mac }) => mac === WEB1);
    expect(web1).toMatchObject({ address: '10.77.0.11', hostName: 'web1', block: 1 });
    expect(Math.abs(now / 1000 - web1!.given)).toBeLessThan(60);
  });

  it('serves as soon as a wire is up that was down while it was told something new', async () => {
    const changed = served.map((one) => ({ ...one, machines: one.machines.map((of) => ({ ...of, mtu: 1300 })) }));
    await network.run('ip', 'link', 'set', 'cli0', 'down');
    await driver.serve(changed);
    expect(driver.state.answers).toBe(false);
    await until(async () => (await network.lease({ mac: WEB1 }))?.['ip'] === '10.77.0.11');
    await driver.serve(served);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('goes on leasing where it refuses what it is told to serve', async () => {
    const wrong = [subnet({ domain_search: ['a..b'], machines: [machine(WEB1, '10.77.0.13')] })];
    await driver.serve(wrong);
    expect(driver.state).toMatchObject({ serves: 'former', answers: true });
    expect(driver.state.fault).toContain('a..b');
    expect(await network.lease({ mac: WEB1 })).toMatchObject({ ip: '10.77.0.11' });
    await driver.serve(served);
    expect(driver.state.serves).toBe('wanted');
  });

  it('is brought back from a configuration that leaves it serving nobody', async () => {
    const ask = keaSocket(kea.socket);
    await expect(ask('config-set', { Dhcp4: { subnet4: [{ subnet: 'nonsense' }] } })).rejects.toThrow();
    expect(await network.lease({ mac: WEB1 })).toBeUndefined();
    await driver.serve([...served, subnet({ block: 3, subnet: '10.79.0.0/24', links: [], pool: ['10.79.0.5'] })]);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
    expect(await network.lease({ mac: WEB1 })).toMatchObject({ ip: '10.77.0.11' });
  });

  it('keeps what it is told where nobody has a free address, and gives a machine its own that a stranger has', async () => {
    const had = (await network.lease({ mac: STRANGER }))?.['ip'] ?? '';
    const moved = [subnet({ machines: [machine(WEB2, had)] })];
    const one = new ServedKea(4, { ...parts, good: served }, 1000);
    await one.serve(served);
    await driver.serve(moved);
    expect(driver.state).toMatchObject({
      serves: 'wanted',
      answers: undefined,
      fault: 'it has no free address for anybody it was asked for',
    });
    expect(await network.lease({ mac: WEB2 })).toBeUndefined();

    await one.serve(moved);
    expect(await network.lease({ mac: WEB2 })).toMatchObject({ ip: had });
    await driver.serve(served);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('is not told again what it has, however it shows that', async () => {
    const wires = [
      ['10.80.0.0/24', ['9/0']],
      ['10.81.0.0/24', []],
      ['10.82.0.0/24', ['9/0']],
      ['10.83.0.0/24', ['2/0']],
      ['10.84.0.0/24', ['2/0']],
    ] as const;
    const many = wires.map(([text, links], n) =>
      subnet({
        block: [70, 8, 900, 30, 1000][n] ?? 0,
        subnet: text,
        gateway: null,
        links,
        pool: [text.replace('0/24', '5')],
      }),
    );
    const asked: string[] = [];
    let later = 0;
    const other = new KeaDriver({
      ...parts,
      ask: async (command, given) => {
        asked.push(command);
        const answer = (await parts.ask(command, given)) as KeaMap;
        return command === 'status-get' ? { ...answer, reload: Number(answer['reload']) + later / 1000 } : answer;
      },
      prove: async () => 'offers',
      now: () => performance.now() + later,
    });
    await other.serve([...served, ...many]);
    later = 10_000;
    await other.serve([...served, ...many]);
    expect(asked.filter((command) => command.startsWith('config'))).toEqual([
      'config-get',
      'config-test',
      'config-set',
      'config-get',
    ]);
    await driver.serve(served);
  });

  it('is told again after it was killed', async () => {
    await kea.kill();
    await expect(driver.serve(served)).rejects.toThrow('Kea does not run');
    await kea.start();
    await driver.serve(served);
    expect(await network.lease({ mac: WEB1 })).toMatchObject({ ip: '10.77.0.11' });
  });

  it('takes a URL that is longer than its field, with commas', async () => {
    const long = settings({ bootUrl: `http://${'a,b'.repeat(40)}` });
    const config = kea4Configuration(served, long, driver.running ?? {});
    await keaSocket(kea.socket)('config-set', config);
    const told = await network.lease({ mac: WEB1, architecture: '0000', userClass: 'iPXE' });
    expect(told?.['bootfile']).toBe(`${long.bootUrl}/config/boot_script/`);
  });
});

describe('Kea for IPv6', () => {
  const six: readonly SiteSubnet[] = [
    subnet({
      block: 6,
      subnet: 'fd77::/64',
      gateway: 'fd77::1',
      dns_servers: ['fd77::53'],
      pool: ['fd77::100', 'fd77::101'],
      machines: [machine(WEB1, 'fd77::11')],
    }),
  ];
  const interfaces = new Map([['fd77::/64', 'srv0']]);

  it('takes what is made for it, and radvd has clients ask it', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-radvd-'));
    const network = await startNetwork('10.77.0.1/24', 'fd77::1/64');
    let kea: Kea | undefined;
    try {
      kea = await startKea({ family: 6, interfaces: ['srv0'], network });
      const driver = new KeaDriver({
        ask: keaSocket(kea.socket),
        name: 'dhcp6',
        socket: kea.socket,
        render: (subnets, running) => kea6Configuration(subnets, { settings: settings(), interfaces }, running),
        prove: async () => 'unknown',
        good: undefined,
        log: silentLogger,
      });
      await driver.serve(six);
      expect(driver.state).toEqual({ serves: 'wanted', answers: undefined, fault: undefined });
      const file = path.join(folder, 'radvd.conf');
      await replaceFile(file, radvdConfiguration(six, interfaces, new Set(['fd77::1'])), 0o644);
      await network.run('radvd', '--configtest', '-C', file);
      expect(await readFile(file, 'utf8')).toContain('AdvManagedFlag on');
      await new RouterAdvertisements({ file, pidFile: undefined }, silentLogger).advertise([], undefined, {});
      await network.run('radvd', '--configtest', '-C', file);
    } finally {
      await kea?.stop();
      await network.stop();
      await rm(folder, { recursive: true });
    }
  });
});
