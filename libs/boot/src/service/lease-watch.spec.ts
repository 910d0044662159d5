import { describe, expect, it } from '@jest/globals';
import { LeaseWatch } from './lease-watch.ts';

const lease = (address: string, given: number) => ({
  address,
  mac: '52:54:00:00:00:01',
  hostName: 'web1',
  block: 1,
  given,
});

describe('leases that are given', () => {
  it('are told once for each time, and not where they are older than the watch', () => {
    const watch = new LeaseWatch(1_700_000_000_000);
    const told = (...leases: readonly ReturnType<typeof lease>[]) =>
      watch.given(leases).map(({ address, time }) => [address, time]);
    expect(told(lease('10.0.0.1', 1_699_999_999), lease('10.0.0.2', 1_700_000_000))).toEqual([
      ['10.0.0.2', '2023-11-14T22:13:20.000Z'],
    ]);
    expect(told(lease('10.0.0.1', 1_699_999_999), lease('10.0.0.2', 1_700_000_000))).toEqual([]);
    expect(told(lease('10.0.0.1', 1_700_000_005), lease('10.0.0.2', 1_700_000_000))).toEqual([
      ['10.0.0.1', '2023-11-14T22:13:25.000Z'],
    ]);
    expect(watch.given([lease('10.0.0.3', 1_700_000_009)])).toEqual([
      {
        time: '2023-11-14T22:13:29.000Z',
        address: '10.0.0.3',
        mac: '52:54:00:00:00:01',
        kind: 'lease',
        what: 'web1',
        outcome: 'served',
        size: 0,
        durationMs: 0,
        detail: '',
      },
    ]);
  });
});
