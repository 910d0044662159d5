import type { PostOffice } from '#post-office';
import type { MetricsRegistry } from '#runtime';

/** Counts deliveries to webhooks, and measures how they stand. */
export function measureDeliveries(registry: MetricsRegistry, office: PostOffice): void {
  const failed = registry.counter({
    name: 'contractor_delivery_failures_total',
    help: 'Deliveries to webhooks that have failed, each time',
    labels: [],
  });
  const delivered = registry.histogram({
    name: 'contractor_delivery_seconds',
    help: 'How long webhooks took to take a delivery',
    labels: [],
  });
  office.observe({ delivered: (seconds) => delivered({}, seconds), failed: () => failed({}) });
  registry.gauge(
    { name: 'contractor_deliveries', help: 'Deliveries to webhooks, by how they stand', labels: ['state'] },
    async () => {
      const all = [...(await office.counts()).values()];
      const sum = (state: 'waiting' | 'dead') => all.reduce((total, counts) => total + counts[state], 0);
      return (['waiting', 'dead'] as const).map((state) => ({ labels: { state }, value: sum(state) }));
    },
  );
}
