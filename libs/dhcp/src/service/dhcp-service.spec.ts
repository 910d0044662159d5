import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import { until } from '#testing';
import { settings, subnet } from '../../test/example-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { DhcpService } from './dhcp-options.ts';
import { serveDhcp } from './dhcp-service.ts';

describe('DHCP at several sites', () => {
  let folder: string;
  let proxyFile: string;
  let service: DhcpService | undefined;
  const proxies = async (): Promise<string> => readFile(proxyFile, 'utf8').catch(() => '');
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-dhcp-'));
    proxyFile = path.join(folder, 'proxy.conf');
  });
  afterEach(async () => {
    await service?.stop();
    await rm(folder, { recursive: true });
  });

  it('goes on at one where the server refuses another', async () => {
    const bySite = new Map<string, readonly SiteSubnet[]>([['site2', [subnet({ site: 'site2' })]]]);
    service = await serveDhcp({
      sites: ['site1', 'site2'],
      source: {
        async subnets(site) {
          const its = bySite.get(site);
          if (!its) throw new Error('Not Authorized');
          return its;
        },
        isFinal: () => true,
        reported: async () => [],
        report: async () => undefined,
      },
      kea4: undefined,
      kea6: undefined,
      settings: settings(),
      probe: undefined,
      radvd: undefined,
      proxyFile,
      cacheFile: undefined,
      everyMs: 1,
      log: silentLogger,
    });
    await until(async () => (await proxies()).includes('dhcp-range=10.77.0.0,'));
    expect(service.status().fault).toBe('the server does not say what is to be served: site site1: Not Authorized');

    bySite.set('site1', [subnet({ site: 'site1', subnet: '10.79.0.0/24' })]);
    await until(async () => (await proxies()).includes('dhcp-range=10.79.0.0,'));
    bySite.delete('site1');
    bySite.set('site2', [subnet({ site: 'site2', subnet: '10.78.0.0/24' })]);
    await until(async () => (await proxies()).includes('dhcp-range=10.78.0.0,'));
    expect(await proxies()).toContain('dhcp-range=10.79.0.0,');
  });
});
