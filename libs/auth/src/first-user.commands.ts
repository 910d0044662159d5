import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Secret } from '#kernel';
import { isShort, LENGTH_RULE, Passwords } from './passwords.ts';
import { isThereSuperuser, keepSuperusers } from './superusers.ts';
import { user } from './user.ts';

/** Name of the administrator that the first start makes. */
export const ADMINISTRATOR = 'root';

/**
 * Makes the administrator where nobody may do everything yet; of several servers that start at once, one does. Results
 * in whether it was made.
 */
export class CreateFirstUser extends NamedCommand<boolean> {
  constructor(readonly password: Secret) {
    super();
  }
}

/** Prepared: the id of the verifier of the password; undefined where there is nothing to do. */
@CommandHandler(CreateFirstUser)
class CreateFirstUserHandler extends UnitOfWorkHandler<CreateFirstUser, string | undefined> {
  constructor(
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
  ) {
    super();
  }

  override async prepare({ password }: CreateFirstUser): Promise<string | undefined> {
    if ((await this.executor.preview(isThereSuperuser)).value) return undefined;
    const text = password.reveal();
    if (isShort(text)) throw refuse('password', 'SHORT', LENGTH_RULE);
    return this.passwords.keep(text, '');
  }

  async decide(work: UnitOfWork, _: CreateFirstUser, __: unknown, credential: string | undefined): Promise<boolean> {
    if (credential === undefined || (await isThereSuperuser(work))) return false;
    const traits = { superuser: true, enabled: true, groups: [], permissions: [] };
    const data = { name: ADMINISTRATOR, ...traits, credential };
    await work.decide(user, ADMINISTRATOR, { type: 'CreateUser', data });
    await keepSuperusers(work, ADMINISTRATOR);
    return true;
  }

  override async complete(_: CreateFirstUser, made: boolean, credential: string | undefined): Promise<boolean> {
    if (!made) await this.passwords.erase(credential);
    return made;
  }

  override rollBack(_: CreateFirstUser, credential: string | undefined): Promise<void> {
    return this.passwords.erase(credential);
  }
}

export const firstUserHandlers = [CreateFirstUserHandler];
