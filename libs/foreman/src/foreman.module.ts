import { randomUUID } from 'node:crypto';
import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import { contributeLetterReceivers, contributeListeners, EventSourcingModule, Features } from '#event-sourcing';
import { CLOCK, CommandContext, CommandGateway, EVENT_STORE, EventLog } from '#event-store';
import type { Clock, EventStore } from '#event-store';
import type { Logger } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { DeadLetters } from '#reactions';
import { READ_STORE } from '#read-store';
import type { ReadStore } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { Secrets } from '#secrets';
import { DispatchLedger } from './dispatch-ledger.ts';
import { dispatchModel } from './dispatch.api.ts';
import { dispatchHandlers } from './dispatch.commands.ts';
import { ForemanBooks } from './gate/foreman-books.ts';
import { JobGate } from './gate/job-gate.ts';
import { LimitBook } from './limits/limit-book.ts';
import { limitExtensions, limitModel } from './limits/limit.api.ts';
import { limitHandlers } from './limits/limit.commands.ts';
import { limit } from './limits/limit.ts';
import { limitAdmissions, limits } from './limits/limits.ts';
import { waveModel } from './waves/wave.api.ts';
import { waveHandlers } from './waves/wave.commands.ts';
import { WaveRunner } from './waves/wave-runner.ts';
import { wave } from './waves/wave.ts';
import { waveLists, waves, waveTargets } from './waves/waves.ts';
import { maintenanceWindows } from './windows/maintenance-windows.ts';
import { WindowBook } from './windows/window-book.ts';
import { windowExtensions, windowModel } from './windows/window.api.ts';
import { windowHandlers } from './windows/window.commands.ts';
import { maintenanceWindow } from './windows/window.ts';
import { foremanSettings } from './foreman.settings.ts';
import { foremanHandlers } from './foreman.handlers.ts';
import { Foreman } from './foreman.ts';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { jobLogModel } from './job-log.api.ts';
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
import { ReportTask } from './foreman.commands.ts';
import { findReportedTask } from './reported-task.ts';
import { signalHandlers } from './signal.commands.ts';
import { SiteCheck } from './site-check.ts';
import { StalledJobs } from './stalled-jobs.ts';
import { SightingLedger } from './subcontractor/sighting-ledger.ts';
import { recordedPresence } from './subcontractor/recorded-presence.ts';
import { subcontractorModel } from './subcontractor/subcontractor.api.ts';
import { subcontractorHandlers } from './subcontractor/subcontractor.commands.ts';
import { SubcontractorPresence } from './subcontractor/subcontractor-presence.ts';
import { subcontractor } from './subcontractor/subcontractor.ts';
import { subcontractors } from './subcontractor/subcontractors.ts';
import { SubcontractorHealth } from './subcontractor-health.ts';
import { secretResolver } from './task-secrets.ts';
import { REPORTS, UndeliverableReports } from './undeliverable-reports.ts';

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
          deciders: [job, program, limit, maintenanceWindow, wave, subcontractor],
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
          ],
        }),
        ApiModule.forFeatureAsync({
          inject: [JobTargetRegistry, JobInsight, LimitBook, CLOCK, SightingLedger, EVENT_STORE, Features, READ_STORE],
          useFactory: (
            targets: JobTargetRegistry,
            insight: JobInsight,
            book: LimitBook,
            clock: Clock,
            sightings: SightingLedger,
            store: EventStore,
            features: Features,
            reads: ReadStore,
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
            ],
            extensions: [jobUsers, ...limitExtensions, ...windowExtensions],
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
            const resolveSecrets = secretResolver((reference) => secrets.read(reference));
            const given = { wire, repeatOf, retryOf, sites, onUndeliverableReport, onLateReport };
            return { ...given, platforms, resolveSecrets, ...settings } satisfies ForemanOptions;
          },
        },
        JobTargetRegistry,
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
          provide: UndeliverableReports,
          inject: [DeadLetters, CommandGateway, CLOCK, LOGGER, EVENT_STORE, READ_STORE, Secrets],
          useFactory: (
            letters: DeadLetters,
            commands: CommandGateway,
            clock: Clock,
            log: Logger,
            store: EventStore,
            reads: ReadStore,
            secrets: Secrets,
          ) =>
            new UndeliverableReports({
              letters,
              find: findReportedTask(
                store,
                reads,
                secretResolver((reference) => secrets.read(reference)),
              ),
              report: async ({ job: id, cookie, outcome, agent }) => {
                const context = CommandContext.system(clock.now(), `report-${cookie}`, `agent ${agent}`);
                await commands.execute(new ReportTask(id, cookie, outcome), context);
              },
              onKept: onUndeliverableReport,
              onLate: onLateReport,
              log,
            }),
        },
        {
          provide: SubcontractorHealth,
          inject: [SiteCheck, UndeliverableReports],
          useFactory: (check: SiteCheck, undeliverable: UndeliverableReports) =>
            new SubcontractorHealth(wire, check, undeliverable),
        },
        contributeLetterReceivers(UndeliverableReports, (undeliverable) => ({
          [REPORTS]: (letter) => undeliverable.retry(letter),
        })),
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
        {
          provide: LimitBook,
          inject: [READ_STORE, EVENT_STORE, JobTargetRegistry, LOGGER],
          useFactory: (reads: ReadStore, store: EventStore, targets: JobTargetRegistry, log: Logger) =>
            new LimitBook({ reads, store, targets, log }),
        },
        { provide: WindowBook, inject: [READ_STORE], useFactory: (reads: ReadStore) => new WindowBook(reads) },
        {
          provide: JobGate,
          inject: [LimitBook, WindowBook, JobTargetRegistry, READ_STORE, CLOCK],
          useFactory: (
            limitBook: LimitBook,
            windows: WindowBook,
            targets: JobTargetRegistry,
            reads: ReadStore,
            clock: Clock,
          ) => new JobGate({ limits: limitBook, windows, targets, view: () => reads.now, now: () => clock.millis() }),
        },
        {
          provide: ForemanBooks,
          inject: [LimitBook, WindowBook, JobGate, WaveRunner],
          useFactory: (limitBook: LimitBook, windows: WindowBook, gate: JobGate, runner: WaveRunner) =>
            new ForemanBooks({ limits: limitBook, windows, gate, waves: runner }),
        },
        {
          provide: WaveRunner,
          inject: [CommandGateway, READ_STORE, EVENT_STORE, CLOCK, LOGGER],
          useFactory: (commands: CommandGateway, reads: ReadStore, store: EventStore, clock: Clock, log: Logger) =>
            new WaveRunner({ commands, reads, head: () => store.head(), clock, log }),
        },
        { provide: SightingLedger, inject: [DATABASE], useFactory: (pool: Pool) => new SightingLedger(pool) },
        {
          provide: SubcontractorPresence,
          inject: [FOREMAN_OPTIONS, SightingLedger, CommandGateway, READ_STORE, CLOCK, LOGGER],
          useFactory: (
            { agentGone: goneMs, pollLease: pollGoneMs }: ForemanOptions,
            ledger: SightingLedger,
            commands: CommandGateway,
            reads: ReadStore,
            clock: Clock,
            log: Logger,
          ) =>
            new SubcontractorPresence({
              wire,
              ledger,
              record: recordedPresence(commands, reads, clock),
              log,
              goneMs,
              pollGoneMs,
              now: () => clock.millis(),
            }),
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
        ...jobHandlers,
        ...limitHandlers,
        ...windowHandlers,
        ...waveHandlers,
        ...foremanHandlers,
        ...dispatchHandlers,
        ...signalHandlers,
        ...subcontractorHandlers,
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
