import type { OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Position, Recorded } from '#event-store';
import { CLOCK, CommandContext, CommandGateway, EVENT_STORE } from '#event-store';
import type { EventStore } from '#event-store';
import type { Logger } from '#kernel';
import { Refusal } from '#kernel';
import { erasedName, ErasedFile, People } from '#people';
import type { Follower } from '#reactions';
import { LOGGER } from '#runtime';
import type { AuthOptions } from './auth-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { EraseUser } from './erase-user.commands.ts';

/**
 * Keeps a list of those who were erased beside the database, and erases them again where the database knows them still:
 * because it was restored from a backup that was made before.
 */
@Injectable()
export class EraseAgain implements OnApplicationBootstrap, Follower {
  readonly kind = 'follower';
  readonly name = 'auth.erased-file';
  readonly categories = ['person'];
  readonly #file: ErasedFile | undefined;

  constructor(
    @Inject(AUTH_OPTIONS) { data }: AuthOptions,
    @Inject(People) private readonly people: People,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CommandGateway) private readonly gateway: Pick<CommandGateway, 'execute'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.#file = data === undefined ? undefined : ErasedFile.in(data);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.#file) return;
    for (const id of await this.people.stillNamed(await this.#file.read())) await this.#eraseAgain(id);
  }

  async begin(): Promise<Position> {
    const head = await this.store.head();
    await this.#note(await this.people.erased());
    return head;
  }

  async handle(events: readonly Recorded[]): Promise<void> {
    await this.#note(events.flatMap(({ type, id }) => (type === 'PersonErased' ? [id] : [])));
  }

  async #eraseAgain(id: string): Promise<void> {
    try {
      await this.gateway.execute(new EraseUser(id), CommandContext.system(this.clock.now()));
      this.log.warn('somebody was erased again, whom the database still knew', { person: erasedName(id) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.log.error('somebody is to be erased again, and cannot be', error, { person: id });
    }
  }

  async #note(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      await this.#file?.add(ids);
    } catch (error) {
      this.log.error('it could not be noted outside the database who was erased', error);
    }
  }
}
