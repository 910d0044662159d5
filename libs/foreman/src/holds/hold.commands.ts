import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Key } from '#read-store';
import { job } from '../job.ts';

/** Something that is said of one hold. */
abstract class HoldAction extends NamedCommand {
  readonly hold: string;

  constructor(
    key: Key,
    /** Why, in words. */
    readonly reason: string,
  ) {
    super();
    this.hold = String(key);
  }
}

/** Releases a hold, as its holder does. */
export class ReleaseHold extends HoldAction {}
/** Has a hold count no more, as the operator does. */
export class OverrideHold extends HoldAction {}

/** The job of a hold, by the id of that. */
const jobOf = ({ hold }: HoldAction): number => Number(hold.split('-')[0]);

@CommandHandler(ReleaseHold)
class ReleaseHoldHandler extends UnitOfWorkHandler<ReleaseHold> {
  async decide(work: UnitOfWork, command: ReleaseHold, { metadata: { actor: by } }: CommandContext) {
    const { hold, reason } = command;
    await work.decide(job, jobOf(command), { type: 'ReleaseHold', data: { hold, by, reason } });
  }
}

@CommandHandler(OverrideHold)
class OverrideHoldHandler extends UnitOfWorkHandler<OverrideHold> {
  async decide(work: UnitOfWork, command: OverrideHold, { metadata: { actor: by } }: CommandContext) {
    const { hold, reason } = command;
    if (reason.trim() === '') throw refuse('reason', 'REQUIRED', 'must say why the hold is overridden');
    await work.decide(job, jobOf(command), { type: 'OverrideHold', data: { hold, by, reason } });
  }
}

/** Handlers of what is said of holds. */
export const holdHandlers = [ReleaseHoldHandler, OverrideHoldHandler];
