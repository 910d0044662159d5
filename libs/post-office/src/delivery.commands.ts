import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandResult } from '#event-store';
import { CommandContext, NamedCommand } from '#event-store';
import type { Logger } from '#kernel';
import { refuse } from '#kernel';
import type { Key } from '#read-store';
import { LOGGER } from '#runtime';
import { KeptDeliveries } from './kept-deliveries.ts';
import type { PingResult } from './post-office.ts';
import { PostOffice } from './post-office.ts';

/** Has deliveries made again that were given up; results in how many. */
export class RetryDeliveries extends NamedCommand<number> {
  constructor(readonly ids: readonly number[]) {
    super();
  }
}

/** Takes deliveries off for good that were given up; results in how many. */
export class DiscardDeliveries extends NamedCommand<number> {
  constructor(readonly ids: readonly number[]) {
    super();
  }
}

/** Sends a test delivery to a subscriber. */
export class PingSubscription extends NamedCommand<PingResult> {
  constructor(readonly key: Key) {
    super();
  }
}

/** Forgets what waits for a subscriber, and what has happened up to now; results in how many deliveries waited. */
export class SkipDeliveries extends NamedCommand<number> {
  constructor(readonly key: Key) {
    super();
  }
}

const done = <R>(value: R): CommandResult<R> => ({ value, position: undefined });
const notThere = () => refuse('ids', 'NOT_FOUND', 'none of these deliveries was given up');

@CommandHandler(RetryDeliveries)
class RetryDeliveriesHandler implements ICommandHandler<RetryDeliveries> {
  constructor(@Inject(KeptDeliveries) private readonly kept: KeptDeliveries) {}

  /** @throws Refusal where none of them was given up */
  async execute({ ids }: RetryDeliveries): Promise<CommandResult<number>> {
    const count = await this.kept.retry(ids);
    if (count === 0) throw notThere();
    return done(count);
  }
}

@CommandHandler(DiscardDeliveries)
class DiscardDeliveriesHandler implements ICommandHandler<DiscardDeliveries> {
  constructor(
    @Inject(KeptDeliveries) private readonly kept: KeptDeliveries,
    @Inject(LOGGER) private readonly log: Pick<Logger, 'info'>,
  ) {}

  /** @throws Refusal where none of them was given up */
  async execute(command: DiscardDeliveries): Promise<CommandResult<number>> {
    const { actor, request } = CommandContext.from(command).metadata;
    const count = await this.kept.discard(command.ids);
    if (count === 0) throw notThere();
    this.log.info('deliveries were discarded', { by: actor, request, count, ids: command.ids });
    return done(count);
  }
}

@CommandHandler(PingSubscription)
class PingSubscriptionHandler implements ICommandHandler<PingSubscription> {
  constructor(@Inject(PostOffice) private readonly office: PostOffice) {}

  async execute({ key }: PingSubscription): Promise<CommandResult<PingResult>> {
    return done(await this.office.ping(String(key)));
  }
}

@CommandHandler(SkipDeliveries)
class SkipDeliveriesHandler implements ICommandHandler<SkipDeliveries> {
  constructor(
    @Inject(PostOffice) private readonly office: PostOffice,
    @Inject(LOGGER) private readonly log: Pick<Logger, 'info'>,
  ) {}

  async execute(command: SkipDeliveries): Promise<CommandResult<number>> {
    const { actor, request } = CommandContext.from(command).metadata;
    const count = await this.office.skip(String(command.key));
    this.log.info('deliveries were skipped', { by: actor, request, subscription: String(command.key), count });
    return done(count);
  }
}

export const deliveryHandlers = [
  RetryDeliveriesHandler,
  DiscardDeliveriesHandler,
  PingSubscriptionHandler,
  SkipDeliveriesHandler,
];
