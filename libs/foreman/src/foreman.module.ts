import { randomUUID } from 'node:crypto';
import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import { contributeListeners, EventSourcingModule, Features } from '#event-sourcing';
import { CLOCK, EVENT_STORE, EventLog } from '#event-store';
import type { Clock, EventStore } from '#event-store';
import type { Logger } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { People } from '#people';
import { READ_STORE } from '#read-store';
import type { ReadStore } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { Secrets } from '#secrets';
import { jobBoard } from './board/board.api.ts';
import { createJobHandlers } from './create-job.handlers.ts';
import { DispatchLedger } from './dispatch-ledger.ts';
import { dispatchModel } from './dispatch.api.ts';
import { dispatchHandlers } from './dispatch.commands.ts';
import { gateProviders } from './gate/gate.providers.ts';
import { JobGate } from './gate/job-gate.ts';
import { holdModel } from './holds/hold.api.ts';
import { holdProviders } from './holds/hold.providers.ts';
import { holdRuleRows, holds } from './holds/hold-rows.ts';
import { holdRuleExtensions, holdRuleModel } from './holds/hold-rule.api.ts';
import { holdRules } from './holds/hold-rules.ts';
import { LimitBook } from './limits/limit-book.ts';
import { limitExtensions, limitModel } from './limits/limit.api.ts';
import { limitProviders } from './limits/limit.providers.ts';
import { limit } from './limits/limit.ts';
import { limitAdmissions, limits } from './limits/limits.ts';
import { waveModel } from './waves/wave.api.ts';
import { waveProviders } from './waves/wave.providers.ts';
import { wave } from './waves/wave.ts';
import { waveLists, waves, waveTargets } from './waves/waves.ts';
import { maintenanceWindows } from './windows/maintenance-windows.ts';
import { windowExtensions, windowModel } from './windows/window.api.ts';
import { windowProviders } from './windows/window.providers.ts';
import { maintenanceWindow } from './windows/window.ts';
import { foremanUndos } from './foreman.undo.ts';
import { foremanSettings } from './foreman.settings.ts';
import { foremanHandlers } from './foreman.handlers.ts';
import { Foreman } from './foreman.ts';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { jobLogModel } from './job-log.api.ts';
import { jobLogHandlers } from './job-log.commands.ts';
import { jobLogPruning } from './job-log-pruning.ts';
import { jobLog } from './job-log.ts';
import { jobHandlers } from './job.commands.ts';
import { JobTargetRegistry } from './job-target.ts';
import { JobFeed } from './job-feed.ts';
import { JobInsight } from './job-insight.ts';
import { baseJobModel, jobUsers } from './job.api.ts';
import { lostTaskModel } from './lost-task.api.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { program, programs } from './program.ts';
import { signalHandlers } from './signal.commands.ts';
import { SiteCheck } from './site-check.ts';
import { StalledJobs } from './stalled-jobs.ts';
import { SightingLedger } from './subcontractor/sighting-ledger.ts';
import { subcontractorModel } from './subcontractor/subcontractor.api.ts';
import { SubcontractorPresence } from './subcontractor/subcontractor-presence.ts';
import { subcontractorProviders } from './subcontractor/subcontractor.providers.ts';
import { subcontractor } from './subcontractor/subcontractor.ts';
import { subcontractors } from './subcontractor/subcontractors.ts';
import { SubcontractorHealth } from './subcontractor-health.ts';
import { secretResolver } from './task-secrets.ts';
import { UndeliverableReports } from './undeliverable-reports.ts';
import { undeliverableProviders } from './undeliverable-reports.providers.ts';

/**
 * Starts and stops the foreman. In a module that is not global: Nest starts those after all global ones, and the bus knows
 * the handlers of commands no earlier.
 */
@Injectable()
class ForemanLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #foreman: Foreman;
  readonly #sightings: SightingLedger;
  readonly #presence: SubcontractorPresence;

  constructor(
    @Inject(Foreman) foreman: Foreman,
    @Inject(JobInsight) insight: JobInsight,
    @Inject(SightingLedger) sightings: SightingLedger,
    @Inject(SubcontractorPresence) presence: SubcontractorPresence,
  ) {
    this.#foreman = foreman;
    this.#sightings = sightings;
    this.#presence = presence;
    foreman.whenLeading((leading) => void (insight.leading = leading));
    foreman.whenLeading((leading) => presence.lead(leading));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#sightings.start();
    await this.#foreman.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#presence.stop();
    await this.#foreman.stop();
  }
}

@Module({ providers: [ForemanLifecycle] })
class ForemanLifecycleModule {}

/** Jobs, and the foreman who keeps them going. Modules contribute the kinds of targets to {@link JobTargetRegistry}. */
@Module({})
export class ForemanModule {
  /**
   * @param wire how subcontractors are reached
   * @param repeatOf what may be done with a task of which nobody knows what became of it
   * @param retryOf how often a task that fails is done once more by itself
   * @param sites the read model of the sites, by name
   * @param onUndeliverableReport a report of an agent was put aside
   * @param onLateReport a report of an agent came too late
   */
  static forRoot({
    wire,
    repeatOf,
    retryOf,
    sites,
    onUndeliverableReport,
    onLateReport,
  }: Pick<
    ForemanOptions,
    'wire' | 'repeatOf' | 'retryOf' | 'sites' | 'onUndeliverableReport' | 'onLateReport'
  >): DynamicModule {
    return {
      module: ForemanModule,
      global: true,
      imports: [
        ForemanLifecycleModule,
        EventSourcingModule.forFeature({
          deciders: [job, jobLogPruning, program, limit, maintenanceWindow, wave, subcontractor, holdRules],
          readModels: [
            jobs,
            jobLog,
            programs,
            limits,
            limitAdmissions,
            maintenanceWindows,
            waves,
            waveLists,
            waveTargets,
            subcontractors,
            holdRuleRows,
            holds,
          ],
        }),
        ApiModule.forFeatureAsync({
          inject: [
            JobTargetRegistry,
            JobInsight,
            LimitBook,
            CLOCK,
            SightingLedger,
            EVENT_STORE,
            Features,
            READ_STORE,
            People,
            Foreman,
          ],
          useFactory: (
            targets: JobTargetRegistry,
            insight: JobInsight,
            book: LimitBook,
            clock: Clock,
            sightings: SightingLedger,
            store: EventStore,
            features: Features,
            reads: ReadStore,
            people: People,
            foreman: Foreman,
          ) => ({
            namespaces: [
              { name: 'Foreman', position: 80 },
              { name: 'SubContractor', position: 90 },
            ],
            models: [
              baseJobModel(targets.all, insight),
              jobLogModel,
              lostTaskModel(insight),
              dispatchModel,
              limitModel(book),
              windowModel(() => clock.millis()),
              subcontractorModel(
                sightings,
                () => new EventLog(store, features.upcasters),
                () => reads.now,
              ),
              waveModel,
              holdRuleModel,
              holdModel(people),
            ],
            extensions: [
              jobUsers,
              ...limitExtensions,
              ...windowExtensions,
              ...holdRuleExtensions,
              jobBoard({
                insight,
                targets: targets.all,
                book,
                usualMs: (name) => foreman.usualMs(name),
                now: () => clock.millis(),
                events: () => new EventLog(store, features.upcasters),
              }),
            ],
          }),
        }),
      ],
      providers: [
        {
          provide: FOREMAN_OPTIONS,
          inject: [PLATFORMS, foremanSettings.KEY, Secrets],
          useFactory: (
            platforms: readonly ServerHalf[],
            settings: SettingsOf<typeof foremanSettings>,
            secrets: Secrets,
          ) => {
            const resolveSecrets = secretResolver(
              (reference) => secrets.read(reference),
              (reader, ids) => secrets.reads.note(reader, ids),
            );
            const given = { wire, repeatOf, retryOf, sites, onUndeliverableReport, onLateReport };
            return { ...given, platforms, resolveSecrets, ...settings } satisfies ForemanOptions;
          },
        },
        ...jobLogHandlers,
        JobTargetRegistry,
        {
          provide: Symbol('undoing of foreman'),
          inject: [Features, JobTargetRegistry],
          useFactory: (features: Features, targets: JobTargetRegistry) => features.add({ undo: foremanUndos(targets) }),
        },
        {
          provide: SiteCheck,
          inject: [READ_STORE, LOGGER],
          useFactory: (reads: ReadStore, log: Logger) =>
            new SiteCheck(
              async (names) => new Set(await reads.now.many(sites, names).then((found) => found.keys())),
              log,
            ),
        },
        {
          provide: SubcontractorHealth,
          inject: [SiteCheck, UndeliverableReports],
          useFactory: (check: SiteCheck, undeliverable: UndeliverableReports) =>
            new SubcontractorHealth(wire, check, undeliverable),
        },
        StalledJobs,
        {
          provide: DispatchLedger,
          inject: [DATABASE],
          useFactory: (pool: Pool) => new DispatchLedger(pool, randomUUID()),
        },
        {
          provide: JobInsight,
          inject: [StalledJobs, DispatchLedger, CLOCK, JobGate],
          useFactory: (stalled: StalledJobs, dispatched: DispatchLedger, clock: Clock, gate: JobGate) =>
            new JobInsight(stalled, dispatched, clock, wire, gate),
        },
        Foreman,
        {
          provide: JobFeed,
          inject: [Foreman, EVENT_STORE, READ_STORE, Features, JobInsight, JobTargetRegistry, LOGGER],
          useFactory: (
            foreman: Foreman,
            store: EventStore,
            reads: ReadStore,
            { upcasters }: Features,
            insight: JobInsight,
            targets: JobTargetRegistry,
            log: Logger,
          ) => {
            const feed = new JobFeed({
              events: new EventLog(store, upcasters),
              reads,
              insight,
              sites,
              log,
              targets: () => targets.all,
              usualMs: (name) => foreman.usualMs(name),
              now: () => foreman.now,
            });
            foreman.whenHeard((events, end) => feed.heard(events, end));
            return feed;
          },
        },
        contributeListeners(Foreman, (foreman) => [foreman.follower]),
        ...createJobHandlers,
        ...createJobHandlers,
        ...jobHandlers,
        ...foremanHandlers,
        ...dispatchHandlers,
        ...signalHandlers,
        ...limitProviders,
        ...windowProviders,
        ...waveProviders,
        ...gateProviders,
        ...holdProviders,
        ...subcontractorProviders,
        ...undeliverableProviders,
      ],
      exports: [
        JobTargetRegistry,
        JobInsight,
        LimitBook,
        Foreman,
        JobFeed,
        SubcontractorHealth,
        SightingLedger,
        SubcontractorPresence,
      ],
    };
  }
}
