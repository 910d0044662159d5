import { describe, expect, it } from '@jest/globals';
import type { Lease } from '../kea/kea-leases.ts';
import type { LeaseServer, ReportedLease } from './lease-reporter.ts';
import { LeaseReporter } from './lease-reporter.ts';

/** A server that keeps what it is told, and can be away. */
class Kept implements LeaseServer {
  readonly leases = new Map<string, ReportedLease>();
  readonly reports: (readonly [number, number])[] = [];
  away = false;

  async reported(): Promise<readonly ReportedLease[]> {
    return [...this.leases.values()];
  }

  async report(_: string, granted: readonly ReportedLease[], ended: readonly ReportedLease[]): Promise<void> {
    if (this.away) throw new Error('away');
    this.reports.push([granted.length, ended.length]);
    for (const one of granted) this.leases.set(one.ip_address, one);
    for (const one of ended) this.leases.delete(one.ip_address);
  }
}
const lease = (n: number, hostName = ''): Lease => ({
  address: `10.0.${n >> 8}.${n & 255}`,
  mac: `52:54:00:00:${String(n >> 8).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
  hostName,
  block: 1,
  given: 1_700_000_000,
});

describe('reports of leases', () => {
  it('tell what has changed, once', async () => {
    const server = new Kept();
    const reporter = new LeaseReporter(server);
    await reporter.tell('site1', [lease(1), lease(2)]);
    await reporter.tell('site1', [lease(1), lease(2)]);
    await reporter.tell('site1', [lease(2, 'named'), lease(3)]);
    expect(server.reports).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect([...server.leases.keys()].toSorted()).toEqual(['10.0.0.2', '10.0.0.3']);
  });

  it('begin with what the server knows, also after it was away', async () => {
    const server = new Kept();
    await new LeaseReporter(server).tell('site1', [lease(1)]);
    const after = new LeaseReporter(server);
    server.away = true;
    await expect(after.tell('site1', [lease(2)])).rejects.toThrow('away');
    server.away = false;
    await after.tell('site1', [lease(2)]);
    expect([...server.leases.keys()]).toEqual(['10.0.0.2']);
  });

  it('tell many in parts', async () => {
    const server = new Kept();
    await new LeaseReporter(server).tell(
      'site1',
      Array.from({ length: 1200 }, (_, n) => lease(n)),
    );
    expect(server.reports).toEqual([
      [500, 0],
      [500, 0],
      [200, 0],
    ]);
  });
});
