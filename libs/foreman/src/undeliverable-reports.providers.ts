import type { Provider } from '@nestjs/common';
import { contributeLetterReceivers } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandContext, CommandGateway, EVENT_STORE } from '#event-store';
import type { Logger } from '#kernel';
import { DeadLetters } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { ReportTask } from './foreman.commands.ts';
import { findReportedTask } from './reported-task.ts';
import { REPORTS, UndeliverableReports } from './undeliverable-reports.ts';

/** What keeps reports that cannot be taken, for Nest. */
export const undeliverableProviders: readonly Provider[] = [
  {
    provide: UndeliverableReports,
    inject: [DeadLetters, CommandGateway, CLOCK, LOGGER, EVENT_STORE, READ_STORE, FOREMAN_OPTIONS],
    useFactory: (
      letters: DeadLetters,
      commands: CommandGateway,
      clock: Clock,
      log: Logger,
      store: EventStore,
      reads: ReadStore,
      { resolveSecrets, onUndeliverableReport: onKept, onLateReport: onLate }: ForemanOptions,
    ) =>
      new UndeliverableReports({
        letters,
        find: findReportedTask(store, reads, resolveSecrets),
        report: async ({ job, cookie, outcome, agent }) => {
          const context = CommandContext.system(clock.now(), `report-${cookie}`, `agent ${agent}`);
          await commands.execute(new ReportTask(job, cookie, outcome), context);
        },
        onKept,
        onLate,
        log,
      }),
  },
  contributeLetterReceivers(UndeliverableReports, (undeliverable) => ({
    [REPORTS]: (letter) => undeliverable.retry(letter),
  })),
];
