import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { job } from './job.ts';
import { signalCookie } from './signaling-module.ts';

/** A machine that was booted says that it is done; results in what it is answered. */
export class SignalComplete extends NamedCommand<'Recieved' | 'Invalid Cookie'> {
  constructor(
    readonly job: number,
    readonly cookie: string,
  ) {
    super();
  }
}

/** A machine that was booted says that something is wrong. */
export class SignalAlert extends NamedCommand<'Alerted'> {
  constructor(
    readonly job: number,
    readonly message: string,
  ) {
    super();
  }
}

/** A machine that was booted, or anybody, says how far it has come. */
export class PostMessage extends NamedCommand<'Posted'> {
  constructor(
    readonly job: number,
    readonly message: string,
  ) {
    super();
  }
}

/** @throws Refusal where a machine was booted for another job than the one that it signals */
function checkJob({ caller }: CommandContext, id: number): void {
  const { booted } = caller?.principal ?? {};
  if (booted && booted.job !== id) {
    throw refuse('', 'BEYOND_OWN', `this machine was booted for job ${booted.job}, and signals that one alone`);
  }
}

@CommandHandler(SignalComplete)
class SignalCompleteHandler extends UnitOfWorkHandler<SignalComplete> {
  async decide(work: UnitOfWork, { job: id, cookie }: SignalComplete, context: CommandContext) {
    checkJob(context, id);
    const state = await work.load(job, id);
    if (state && cookie !== signalCookie(id, state.signal)) return 'Invalid Cookie';
    await work.decide(job, id, { type: 'SignalComplete', data: {} });
    return 'Recieved';
  }
}

@CommandHandler(SignalAlert)
class SignalAlertHandler extends UnitOfWorkHandler<SignalAlert> {
  async decide(work: UnitOfWork, { job: id, message }: SignalAlert, context: CommandContext) {
    checkJob(context, id);
    await work.decide(job, id, { type: 'SignalAlert', data: { message } });
    return 'Alerted' as const;
  }
}

@CommandHandler(PostMessage)
class PostMessageHandler extends UnitOfWorkHandler<PostMessage> {
  async decide(work: UnitOfWork, { job: id, message }: PostMessage, context: CommandContext) {
    checkJob(context, id);
    await work.decide(job, id, { type: 'PostMessage', data: { message } });
    return 'Posted' as const;
  }
}

export const signalHandlers = [SignalCompleteHandler, SignalAlertHandler, PostMessageHandler];
