import { CommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import type { Pairs } from '#config';
import { referenceAt, secretOwner } from '#config';
import type { Decider, Message, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key, ReadModel, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
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
  /** Where it stands: what stands there now is erased, under whatever words it is kept. */
  readonly place: SecretPlace | undefined;

  constructor(owner: string, field: string, place?: SecretPlace) {
    super();
    this.owner = owner;
    this.field = field;
    this.place = place;
  }
}

/** Rows with configuration values. */
export type ConfigRows = ReadModel<{ readonly configValues: Pairs }>;

/** Where a secret stands in the configuration values of an object. */
export interface SecretPlace {
  readonly rows: ConfigRows;
  readonly key: Key;
  /** Keys and indexes with dots between them: `users.0.password`. */
  readonly path: string;
}

@CommandHandler(EraseSecret)
export class EraseSecretHandler extends UnitOfWorkHandler<EraseSecret, string> {
  readonly #secrets: Secrets;
  readonly #reads: ReadStore;

  constructor(@Inject(Secrets) secrets: Secrets, @Inject(READ_STORE) reads: ReadStore) {
    super();
    this.#secrets = secrets;
    this.#reads = reads;
  }

  /** Finds the words its values are kept under. @throws Refusal where there is no such secret */
  override async prepare({ owner, field, place }: EraseSecret): Promise<string> {
    const row = place && (await this.#reads.now.get(place.rows, place.key));
    const reference = row && referenceAt(row.configValues, place.path);
    const words = (reference && (await this.#secrets.ownerOf(reference))) ?? owner;
    if ((await this.#secrets.count(words)) === 0) throw refuse(field, 'NO_SECRET', `there is no secret "${owner}"`);
    return words;
  }

  async decide(work: UnitOfWork, _: EraseSecret, __: CommandContext, owner: string): Promise<number> {
    await work.decide(secret, owner, { type: 'EraseSecret', data: {} });
    return 0;
  }

  override complete(_: EraseSecret, __: number, owner: string): Promise<number> {
    return this.#secrets.erase(owner);
  }
}

/** The action that does so for an object of a kind that keeps its secrets under `<kind> <id> <key>`. */
export const eraseSecret = (kind: string, grant: string, rows: ConfigRows): Action =>
  action({
    doc: 'Forgets every value a secret ever had, for good: looking back will find it erased, too.',
    protocols: ['rest'],
    parameters: { key: text(undefined, { required: true }) },
    returns: integer(),
    permission: { grant },
    command: (id, { key }) => new EraseSecret(secretOwner(`${kind} ${id}`, key), 'key', { rows, key: id, path: key }),
  });
