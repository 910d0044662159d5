import type { Publisher } from '#dns';
import type { MetricsRegistry } from '#runtime';

/** How the publication of zones stands, measured when it is asked for. */
export function measureZones(registry: MetricsRegistry, publisher: Publisher): void {
  registry.gauge(
    {
      name: 'contractor_zones',
      help: 'DNS zones, by whether what they say is served',
      labels: ['state'],
    },
    async () => {
      const { zones, waiting, failed } = await publisher.counts();
      return Object.entries({ served: zones - waiting - failed, waiting, failed }).map(([state, value]) => ({
        labels: { state },
        value,
      }));
    },
  );
  registry.gauge(
    {
      name: 'contractor_zone_serial',
      help: 'The serial of a DNS zone that is wanted, and the one that is served',
      labels: ['zone', 'which'],
    },
    async () =>
      (await publisher.serials()).flatMap(({ zone, wanted, served }) => [
        { labels: { zone, which: 'wanted' }, value: wanted },
        ...(served === null ? [] : [{ labels: { zone, which: 'served' }, value: served }]),
      ]),
  );
}
