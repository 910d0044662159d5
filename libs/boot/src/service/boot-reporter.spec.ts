import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import { BootReporter, MAX_UNTOLD } from './boot-reporter.ts';
import type { ToldRequest } from './boot-reporter.ts';

class Refused extends Error {}

/** A server that keeps what it is told, can be away, and can refuse. */
class Kept {
  readonly told: (readonly [string, readonly string[]])[] = [];
  readonly requests: ToldRequest[] = [];
  fault: Error | undefined;
  readonly report = async (site: string, requests: readonly ToldRequest[]): Promise<void> => {
    if (this.fault) throw this.fault;
    this.told.push([site, requests.map(({ id }) => id)]);
    this.requests.push(...requests);
  };
}

const reporterTo = (server: Kept, siteOf: (address: string) => string | undefined = () => 'site1') =>
  new BootReporter(
    {
      report: server.report,
      siteOf,
      neighbours: async () => new Map([['10.0.0.1', '52:54:00:00:00:01']]),
      isFinal: (error) => error instanceof Refused,
      log: silentLogger,
    },
    36 ** 3,
  );
const request = (address: string) => ({
  time: '2026-01-01T00:00:00.000Z',
  address,
  kind: 'tftp' as const,
  what: 'console.kpxe',
  outcome: 'served' as const,
  size: 5,
  durationMs: 7,
  detail: '',
});

describe('reports of what machines ask for', () => {
  it('name the machine by its MAC, as far as it is a neighbour', async () => {
    const server = new Kept();
    const reporter = reporterTo(server);
    reporter.note(request('10.0.0.1'));
    reporter.note(request('10.0.0.2'));
    reporter.note({ ...request('10.0.0.2'), mac: '52:54:00:00:00:09' });
    await reporter.tell();
    await reporter.tell();
    expect(server.requests.map(({ id, ip_address: address, mac }) => [id, address, mac])).toEqual([
      ['1000-1', '10.0.0.1', '52:54:00:00:00:01'],
      ['1000-2', '10.0.0.2', ''],
      ['1000-3', '10.0.0.2', '52:54:00:00:00:09'],
    ]);
    expect(server.requests[0]).toMatchObject({ what: 'console.kpxe', size: 5, duration_ms: 7 });
  });

  it('wait while the server is away, or the site is not known, and are forgotten where they are refused', async () => {
    const server = new Kept();
    let site: string | undefined;
    const reporter = reporterTo(server, () => site);
    reporter.note(request('10.0.0.1'));
    await reporter.tell();
    site = 'site1';
    server.fault = new Error('away');
    await expect(reporter.tell()).rejects.toThrow('away');
    expect(reporter.state).toEqual({ untold: 1, forgotten: 0 });
    server.fault = new Refused('no');
    await reporter.tell();
    expect(reporter.state).toEqual({ untold: 0, forgotten: 1 });
    expect(server.told).toEqual([]);
  });

  it('go to each site in parts', async () => {
    const server = new Kept();
    const reporter = reporterTo(server, (address) => (address === '10.0.0.1' ? 'site1' : 'site2'));
    for (let n = 0; n < 600; n += 1) reporter.note(request('10.0.0.1'));
    reporter.note(request('10.0.0.2'));
    await reporter.tell();
    expect(server.told.map(([site, ids]) => [site, ids.length])).toEqual([
      ['site1', 500],
      ['site1', 100],
      ['site2', 1],
    ]);
  });

  it('go to a site also where another one fails', async () => {
    const told: string[] = [];
    const reporter = new BootReporter(
      {
        report: async (site) => {
          if (site === 'site1') throw new Error('Not Authorized');
          told.push(site);
        },
        siteOf: (address) => (address === '10.0.0.1' ? 'site1' : 'site2'),
        neighbours: async () => new Map(),
        isFinal: () => false,
        log: silentLogger,
      },
      1,
    );
    reporter.note(request('10.0.0.1'));
    reporter.note(request('10.0.0.2'));
    await expect(reporter.tell()).rejects.toThrow('site site1: Not Authorized');
    expect(told).toEqual(['site2']);
    expect(reporter.state.untold).toBe(1);
  });

  it('tell addresses without their zone, and nothing of what has none', async () => {
    const server = new Kept();
    const reporter = reporterTo(server);
    reporter.note(request('fe80::5054:ff:fe00:1%eth0'));
    reporter.note(request('undefined'));
    reporter.note(request('10.0.0.2'));
    await reporter.tell();
    expect(server.requests.map(({ ip_address: address }) => address)).toEqual(['fe80::5054:ff:fe00:1', '10.0.0.2']);
  });

  it('are of the newest where too many wait', () => {
    const reporter = reporterTo(new Kept());
    for (let n = 0; n < MAX_UNTOLD + 3; n += 1) reporter.note(request('10.0.0.1'));
    expect(reporter.state).toEqual({ untold: MAX_UNTOLD, forgotten: 3 });
  });
});
