import type { Provider } from '@nestjs/common';
import type { Clock, Position } from '#event-store';
import { CLOCK } from '#event-store';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { HoldBook } from '../holds/hold-book.ts';
import { JobTargetRegistry } from '../job-target.ts';
import { LimitBook } from '../limits/limit-book.ts';
import { WaveRunner } from '../waves/wave-runner.ts';
import { WindowBook } from '../windows/window-book.ts';
import { ForemanBooks } from './foreman-books.ts';
import { JobGate } from './job-gate.ts';

/** What lets jobs begin, for Nest. */
export const gateProviders: readonly Provider[] = [
  {
    provide: JobGate,
    inject: [LimitBook, WindowBook, JobTargetRegistry, READ_STORE, CLOCK],
    useFactory: (limits: LimitBook, windows: WindowBook, targets: JobTargetRegistry, reads: ReadStore, clock: Clock) =>
      new JobGate({ limits, windows, targets, view: () => reads.now, now: () => clock.millis() }),
  },
  {
    provide: ForemanBooks,
    inject: [LimitBook, WindowBook, JobGate, WaveRunner, HoldBook, READ_STORE],
    useFactory: (
      limits: LimitBook,
      windows: WindowBook,
      gate: JobGate,
      waves: WaveRunner,
      holds: HoldBook,
      { projector }: ReadStore,
    ) => {
      const shown = (position: Position) => projector.caughtUp(position, Number.POSITIVE_INFINITY);
      return new ForemanBooks({ limits, windows, gate, waves, holds, shown });
    },
  },
];
