import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestNetwork } from '#testing';
import { startNetwork, until } from '#testing';
import { dnsmasqProxy } from '../src/kea/dnsmasq-proxy.ts';
import { settings, subnet } from './example-subnets.ts';

jest.setTimeout(60_000);

const PXE = '52:54:00:77:00:01';

/** What a dnsmasq needs that is a test's own. */
const OWN = (folder: string, on: string) => `keep-in-foreground
log-facility=-
log-dhcp
bind-interfaces
interface=${on}
except-interface=lo
no-ping
user=
pid-file=
dhcp-leasefile=${folder}/${on}.leases
`;

describe('a proxy beside a DHCP server of the site’s own', () => {
  let folder: string;
  let network: TestNetwork;
  const running: ChildProcess[] = [];
  const lines: string[] = [];

  const start = async (on: string, config: string): Promise<void> => {
    const file = path.join(folder, `${on}.conf`);
    await writeFile(file, OWN(folder, on) + config);
    const [enter = '', ...words] = network.within;
    const child = spawn(enter, [...words, 'dnsmasq', '-C', file], {
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    const said = (text: Buffer) =>
      void lines.push(
        ...text
          .toString()
          .split('\n')
          .map((line) => `${on}: ${line}`),
      );
    child.stdout?.on('data', said);
    child.stderr?.on('data', said);
    await until(() => lines.some((line) => line.startsWith(`${on}: `) && line.includes('DHCP, ')));
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-proxy-'));
    network = await startNetwork('10.77.0.1/24');
    // Another machine on the same wire.
    await network.run('ip', 'link', 'add', 'prx0', 'link', 'srv0', 'type', 'macvlan', 'mode', 'bridge');
    await network.run('ip', 'addr', 'add', '10.77.0.3/24', 'dev', 'prx0');
    await network.run('ip', 'link', 'set', 'prx0', 'up');
    await start('srv0', 'port=0\ndhcp-authoritative\ndhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,10m\n');
    await start('prx0', dnsmasqProxy([subnet()], settings()));
  });
  afterAll(async () => {
    for (const child of running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await network?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const proxySaid = (what: string) => lines.some((line) => line.startsWith('prx0: ') && line.includes(what));

  it('is silent to whoever only wants an address', async () => {
    expect(await network.lease({ mac: '52:54:00:77:00:02' })).toMatchObject({ serverid: '10.77.0.1' });
    expect(proxySaid('52:54:00:77:00:02 proxy')).toBe(false);
  });

  it('tells firmware that there is something to boot', async () => {
    await network.lease({ mac: PXE, architecture: '0000' });
    await until(() => proxySaid(`${PXE} proxy`));
  });

  it('tells iPXE its boot script', async () => {
    await network.lease({ mac: PXE, architecture: '0000', userClass: 'iPXE' });
    await until(() => proxySaid('bootfile name: http://contractor/config/boot_script/'));
  });
});
