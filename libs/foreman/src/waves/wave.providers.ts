import type { Provider } from '@nestjs/common';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandGateway, EVENT_STORE } from '#event-store';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { waveProgressHandlers } from './wave-progress.commands.ts';
import { WaveRunner } from './wave-runner.ts';
import { waveHandlers } from './wave.commands.ts';

/** What keeps waves going, for Nest. */
export const waveProviders: readonly Provider[] = [
  {
    provide: WaveRunner,
    inject: [CommandGateway, READ_STORE, EVENT_STORE, CLOCK, LOGGER],
    useFactory: (commands: CommandGateway, reads: ReadStore, store: EventStore, clock: Clock, log: Logger) =>
      new WaveRunner({ commands, reads, head: () => store.head(), clock, log }),
  },
  ...waveHandlers,
  ...waveProgressHandlers,
];
