import type { Provider } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Clock } from '#event-store';
import { CLOCK, CommandGateway } from '#event-store';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { ForemanOptions } from '../foreman-options.ts';
import { FOREMAN_OPTIONS } from '../foreman-options.ts';
import { recordedPresence } from './recorded-presence.ts';
import { SightingLedger } from './sighting-ledger.ts';
import { SubcontractorPresence } from './subcontractor-presence.ts';
import { subcontractorHandlers } from './subcontractor.commands.ts';

/** What knows which subcontractors are there, for Nest. */
export const subcontractorProviders: readonly Provider[] = [
  { provide: SightingLedger, inject: [DATABASE], useFactory: (pool: Pool) => new SightingLedger(pool) },
  {
    provide: SubcontractorPresence,
    inject: [FOREMAN_OPTIONS, SightingLedger, CommandGateway, READ_STORE, CLOCK, LOGGER],
    useFactory: (
      { wire, agentGone: goneMs, pollLease: pollGoneMs }: ForemanOptions,
      ledger: SightingLedger,
      commands: CommandGateway,
      reads: ReadStore,
      clock: Clock,
      log: Logger,
    ) => {
      const record = recordedPresence(commands, reads, clock);
      return new SubcontractorPresence({ wire, ledger, record, log, goneMs, pollGoneMs, now: () => clock.millis() });
    },
  },
  ...subcontractorHandlers,
];
