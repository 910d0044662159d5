import type { INestApplicationContext } from '@nestjs/common';
import type { Clock } from '#event-store';
import { CLOCK, CommandGateway } from '#event-store';
import { jobLogRule } from '#foreman';
import { integritySettings, Retention } from '#integrity';
import type { PostgresIdempotencyStore, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { MetricsRegistry } from '#runtime/metrics-registry';
import type { SettingsOf } from '#runtime/settings';

/** Adds how long job logs and kept answers are kept. */
export function addRetentionRules(app: INestApplicationContext, answers: PostgresIdempotencyStore): void {
  const retention = app.get(Retention);
  const { keepJobLog, keepAnswers } = app.get<SettingsOf<typeof integritySettings>>(integritySettings.KEY);
  const [reads, clock] = [app.get<ReadStore>(READ_STORE), app.get<Clock>(CLOCK)];
  retention.add(jobLogRule({ reads, clock, gateway: app.get(CommandGateway), days: keepJobLog }));
  retention.add({
    name: 'answers',
    setting: 'CONTRACTOR_KEEP_ANSWERS',
    days: keepAnswers,
    prune: (before, limit) => answers.prune(before, limit),
  });
}

/** Tells how much was removed, rule by rule. */
export function measureRetention(registry: MetricsRegistry, retention: Pick<Retention, 'pruned'>): void {
  registry.gauge(
    {
      name: 'contractor_retention_removed',
      help: 'What was removed because it was kept long enough, by rule, since this server has started',
      labels: ['rule'],
    },
    async () => retention.pruned.map(({ name, removed }) => ({ labels: { rule: name }, value: removed })),
  );
}
