import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { erasedName, isPersonId, People } from '#people';
import { checkReach } from './grant-policy.ts';
import { standsInLog } from './id-for-new.ts';
import { person } from './person.ts';
import { keepSuperusers } from './superusers.ts';
import { user } from './user.ts';

/**
 * Deletes a user, unless that was done before, and destroys what tells who it was. Results in what stands in the place of the
 * name from then on.
 */
export class EraseUser extends NamedCommand<string> {
  /** @param name the login name, or the id that stands for it */
  constructor(readonly name: string) {
    super();
  }
}

/** Prepared: the id that stands for the user. */
@CommandHandler(EraseUser)
class EraseUserHandler extends UnitOfWorkHandler<EraseUser, string> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
  ) {
    super();
  }

  override async prepare({ name }: EraseUser): Promise<string> {
    const id = await this.people.inside(name);
    if (isPersonId(id) && (await this.people.has(id))) return id;
    if (isPersonId(id) || !(await standsInLog(this.executor, name)))
      throw refuse('name', 'NOT_FOUND', `there is no user ${JSON.stringify(name)}`);
    throw refuse(
      'name',
      'IN_LOG',
      `the log itself holds the name ${name}, and is never changed: it can be deleted, not erased`,
    );
  }

  async decide(work: UnitOfWork, _: EraseUser, { caller }: CommandContext, id: string): Promise<string> {
    if (await work.load(user, id)) {
      await checkReach(work, caller, id);
      await work.decide(user, id, { type: 'DeleteUser', data: {} });
      await keepSuperusers(work, id);
    }
    await work.decide(person, id, { type: 'ErasePerson', data: {} });
    return erasedName(id);
  }

  override async complete(_: EraseUser, result: string, id: string): Promise<string> {
    await this.people.erase(id);
    return result;
  }
}

export const eraseUserHandlers = [EraseUserHandler];
