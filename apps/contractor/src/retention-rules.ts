import type { INestApplicationContext } from '@nestjs/common';
import { bootSettings, BootTraces } from '#boot';
import type { Clock } from '#event-store';
import { CLOCK, CommandGateway } from '#event-store';
import { jobLogRule } from '#foreman';
import { integritySettings, keptForDays, Retention } from '#integrity';
import { KeptDeliveries, postOfficeSettings } from '#post-office';
import type { PostgresIdempotencyStore, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { MetricsRegistry } from '#runtime/metrics-registry';
import type { SettingsOf } from '#runtime/settings';
import { Secrets, secretsSettings } from '#secrets';

/** Adds how long job logs, kept answers, deliveries, readings of secrets and boot traces are kept. */
export function addRetentionRules(app: INestApplicationContext, answers: PostgresIdempotencyStore): void {
  const retention = app.get(Retention);
  const { keepJobLog, keepAnswers } = app.get<SettingsOf<typeof integritySettings>>(integritySettings.KEY);
  const [reads, clock] = [app.get<ReadStore>(READ_STORE), app.get<Clock>(CLOCK)];
  retention.add(jobLogRule({ reads, clock, gateway: app.get(CommandGateway), days: keepJobLog }));
  const { secretReadsDays } = app.get<SettingsOf<typeof secretsSettings>>(secretsSettings.KEY);
  const { reads: secretReads } = app.get(Secrets);
  const deliveries = app.get(KeptDeliveries);
  const { keep } = app.get<SettingsOf<typeof postOfficeSettings>>(postOfficeSettings.KEY);
  const { bootTraceDays } = app.get<SettingsOf<typeof bootSettings>>(bootSettings.KEY);
  const bootTraces = app.get(BootTraces);
  retention.add(
    {
      name: 'boot traces',
      setting: 'CONTRACTOR_BOOT_TRACE_DAYS',
      keepMs: keptForDays(bootTraceDays),
      prune: (before, limit) => bootTraces.prune(before, limit),
    },
    {
      name: 'answers',
      setting: 'CONTRACTOR_KEEP_ANSWERS',
      keepMs: keptForDays(keepAnswers),
      prune: (before, limit) => answers.prune(before, limit),
    },
    {
      name: 'deliveries',
      setting: 'CONTRACTOR_WEBHOOK_KEEP',
      keepMs: keep,
      // A thousand are made in a second, and they are bounded in number, too.
      everyMs: 60_000,
      prune: (before, limit) => deliveries.prune(before, limit),
    },
    {
      name: 'secret reads',
      setting: 'CONTRACTOR_SECRET_READS_DAYS',
      keepMs: keptForDays(secretReadsDays),
      prune: (before, limit) => secretReads.prune(before, limit),
    },
  );
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
