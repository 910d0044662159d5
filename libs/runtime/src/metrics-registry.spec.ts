import { describe, expect, it } from '@jest/globals';
import { MetricsRegistry } from './metrics-registry.ts';

const linesOf = async (registry: MetricsRegistry): Promise<readonly string[]> => (await registry.text()).split('\n');

describe('the registry of metrics', () => {
  it('tells what modules count, time and measure', async () => {
    const registry = new MetricsRegistry();
    const zones = registry.counter({ name: 'contractor_zones_total', help: 'Zones', labels: ['server'] });
    const seconds = registry.histogram({ name: 'contractor_zone_seconds', help: 'Time', labels: [] });
    registry.gauge({ name: 'contractor_zone_serial', help: 'Serial', labels: ['zone'] }, async () => [
      { labels: { zone: 'a' }, value: 7 },
      { labels: { zone: 'b' }, value: 8 },
    ]);
    zones({ server: 'one' });
    zones({ server: 'one' }, 2);
    seconds({}, 0.3);
    expect(await linesOf(registry)).toEqual(
      expect.arrayContaining([
        'contractor_zones_total{server="one"} 3',
        'contractor_zone_seconds_bucket{le="0.5"} 1',
        'contractor_zone_serial{zone="a"} 7',
        'contractor_zone_serial{zone="b"} 8',
        expect.stringMatching(/^nodejs_eventloop_lag_seconds /),
      ]),
    );
  });

  it('forgets what a gauge does not measure any more', async () => {
    const registry = new MetricsRegistry();
    let zones = ['a', 'b'];
    registry.gauge({ name: 'contractor_zone', help: 'Zones', labels: ['zone'] }, async () =>
      zones.map((zone) => ({ labels: { zone }, value: 1 })),
    );
    await registry.text();
    zones = ['b'];
    const lines = await linesOf(registry);
    expect(lines.filter((line) => line.startsWith('contractor_zone{'))).toEqual(['contractor_zone{zone="b"} 1']);
  });

  it('goes on where one of them cannot be measured, and counts it', async () => {
    const registry = new MetricsRegistry();
    const one = { name: 'contractor_broken', help: 'Broken', labels: [] };
    registry.gauge(one, async () => Promise.reject(new Error('no')));
    const two = { name: 'contractor_split', help: 'Split', labels: ['part'] };
    registry.gauge(two, async () => Promise.reject(new Error('no')));
    await registry.text();
    const lines = await linesOf(registry);
    expect(lines).toContain('contractor_metric_failures_total{metric="contractor_broken"} 1');
    expect(lines.filter((line) => line.startsWith('contractor_broken'))).toEqual(['contractor_broken Nan']);
    expect(lines.filter((line) => line.startsWith('contractor_split'))).toEqual([]);
  });

  it('refuses a name that is taken', () => {
    const registry = new MetricsRegistry();
    const one = { name: 'contractor_one_total', help: 'One', labels: [] };
    registry.counter(one);
    expect(() => registry.counter(one)).toThrow('contractor_one_total has already been registered');
  });

  it('keeps a line a line, whatever a label holds', async () => {
    const registry = new MetricsRegistry();
    const verbs = registry.counter({ name: 'contractor_verbs_total', help: 'Verbs', labels: ['verb'] });
    verbs({ verb: 'A\r\nB"\\' });
    expect(await linesOf(registry)).toContain(String.raw`contractor_verbs_total{verb="A \nB\"\\"} 1`);
  });

  it('tells a thousand series apart, and counts the rest together', async () => {
    const registry = new MetricsRegistry();
    const verbs = registry.counter({ name: 'contractor_verbs_total', help: 'Verbs', labels: ['verb'] });
    for (let n = 0; n < 1500; n += 1) verbs({ verb: `V${n}` });
    verbs({ verb: 'V1' });
    const lines = (await linesOf(registry)).filter((line) => line.startsWith('contractor_verbs_total{'));
    expect(lines).toHaveLength(1001);
    expect(lines).toContain('contractor_verbs_total{verb="V1"} 2');
    expect(lines).toContain('contractor_verbs_total{verb="other"} 500');
  });
});
