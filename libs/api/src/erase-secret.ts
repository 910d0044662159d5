import { CommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import { secretOwner } from '#config';
import type { Decider, Message, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import { Secrets } from '#secrets';
import { integer, text } from './field.ts';
import type { Action } from './model.ts';
import { action } from './model.ts';

export type EraseSecretCommand = Message<'EraseSecret', Readonly<Record<string, never>>>;
export type SecretEvent = Message<'SecretErased', Readonly<Record<string, never>>>;

/** On record: who had a secret erased, when and why. One stream per secret, named by the words its values are kept under. */
export const secret: Decider<null, EraseSecretCommand, SecretEvent> = {
  category: 'secret',
  initial: () => null,
  decide: { EraseSecret: () => ({ type: 'SecretErased', data: {} }) },
  evolve: { SecretErased: () => null },
};

/**
 * Has every value of a secret forgotten for good; results in how many there were. Who asked for it and why is noted
 * first; lost in between, it can be asked for again.
 */
export class EraseSecret extends NamedCommand<number> {
  /** The words its values are kept under: `Site site1 db_password`. */
  readonly owner: string;
  /** The field a refusal is about. */
  readonly field: string;

  constructor(owner: string, field: string) {
    super();
    this.owner = owner;
    this.field = field;
  }
}

@CommandHandler(EraseSecret)
export class EraseSecretHandler extends UnitOfWorkHandler<EraseSecret> {
  readonly #secrets: Secrets;

  constructor(@Inject(Secrets) secrets: Secrets) {
    super();
    this.#secrets = secrets;
  }

  /** @throws Refusal where there is no such secret */
  override async prepare({ owner, field }: EraseSecret): Promise<void> {
    if ((await this.#secrets.count(owner)) === 0) throw refuse(field, 'NO_SECRET', `there is no secret "${owner}"`);
  }

  async decide(work: UnitOfWork, { owner }: EraseSecret): Promise<number> {
    await work.decide(secret, owner, { type: 'EraseSecret', data: {} });
    return 0;
  }

  override complete({ owner }: EraseSecret): Promise<number> {
    return this.#secrets.erase(owner);
  }
}

/** The action that does so for an object of a kind that keeps its secrets under `<kind> <id> <key>`. */
export const eraseSecret = (kind: string, grant: string): Action =>
  action({
    doc: 'Forgets every value a secret ever had, for good: looking back will find it erased, too.',
    protocols: ['rest'],
    parameters: { key: text(undefined, { required: true }) },
    returns: integer(),
    permission: { grant },
    command: (id, { key }) => new EraseSecret(secretOwner(`${kind} ${id}`, key), 'key'),
  });
