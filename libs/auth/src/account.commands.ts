import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { Caller, UnitOfWork } from '#kernel';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, given } from '#api';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import { isPersonId, People } from '#people';
import type { Key } from '#read-store';
import type { accountFields } from './account.api.ts';
import { GrantPolicy } from './grant-policy.ts';
import { idForNew } from './id-for-new.ts';
import { managedUser } from './managed.ts';
import { canBeName, checkName } from './names.ts';
import { person } from './person.ts';
import { service } from './service.ts';
import { keepSuperusers } from './superusers.ts';
import type { UserTraits } from './user.ts';
import { user } from './user.ts';

export class CreateUser extends CreateCommand<NewValues<typeof accountFields>> {}
export class ChangeUser extends ChangeCommand<ChangedValues<typeof accountFields>> {}
export class DeleteUser extends DeleteCommand {}

/** Ends all sessions of a user. */
export class CloseSessions extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

/** Forgets who a user is at the provider they sign in by; all their sessions end. */
export class UnlinkUser extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

/** A user who is not there yet. */
const NOBODY: UserTraits = { superuser: false, enabled: false, groups: [], permissions: [] };

/** Changes what users are; nobody gives more than their own. */
abstract class UserHandler<C extends CreateUser | ChangeUser, P = void> extends UnitOfWorkHandler<C, P> {
  @Inject(GrantPolicy) private readonly policy!: GrantPolicy;

  protected async check(
    work: UnitOfWork,
    has: UserTraits,
    wanted: Partial<UserTraits>,
    caller: Caller | undefined,
  ): Promise<void> {
    if (wanted.superuser && !has.superuser && caller && !caller.principal?.superuser) {
      work.fault('superuser', 'BEYOND_OWN', 'only superusers make superusers');
    }
    this.policy.checkAdded(work, caller, has.permissions, wanted.permissions ?? []);
    await this.policy.checkJoined(work, caller, has.groups, wanted.groups ?? []);
  }
}

/** Prepared: what the user is known by inside. */
@CommandHandler(CreateUser)
class CreateUserHandler extends UserHandler<CreateUser, string> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
  ) {
    super();
  }

  override async prepare(command: CreateUser, context: CommandContext): Promise<string> {
    const { name } = command.values;
    if (!canBeName(name) || context.faults.length + context.lastFaults.length > 0) return name;
    const check = () => this.executor.preview((work) => this.decide(work, command, context, name));
    return idForNew({ people: this.people, executor: this.executor }, name, check);
  }

  async decide(work: UnitOfWork, { values }: CreateUser, { caller }: CommandContext, id: string): Promise<string> {
    const { name, superuser, enabled, groups, permissions } = values;
    checkName(work, name);
    if (isPersonId(id) && (await work.load(person, id)).erased) {
      work.fault('name', 'ERASED', 'the user of this name was erased this moment; try again');
    }
    if (await work.load(service, name)) work.fault('name', 'TAKEN', 'Service with this Name already exists.');
    const wanted = { superuser: superuser ?? false, enabled: enabled ?? false, groups, permissions };
    await this.check(work, NOBODY, wanted, caller);
    await work.decide(user, id, { type: 'CreateUser', data: { name: id, ...wanted, credential: null } });
    await keepSuperusers(work, id);
    return id;
  }

  override async complete(_: CreateUser, result: string, id: string): Promise<string> {
    await this.people.markUsed(id);
    return result;
  }
}

@CommandHandler(ChangeUser)
class ChangeUserHandler extends UserHandler<ChangeUser> {
  async decide(work: UnitOfWork, { key, values }: ChangeUser, { caller }: CommandContext): Promise<void> {
    const { superuser, enabled, groups, permissions } = values;
    const wanted = given({
      superuser: superuser === null ? false : superuser,
      enabled: enabled === null ? false : enabled,
      groups,
      permissions,
    });
    await this.check(work, await managedUser(work, key, caller), wanted, caller);
    await work.decide(user, key, { type: 'ChangeUser', data: wanted });
    await keepSuperusers(work, String(key));
  }
}

// Nothing refers to a user, so there is nobody to look for.
@CommandHandler(DeleteUser)
class DeleteUserHandler extends UnitOfWorkHandler<DeleteUser> {
  async decide(work: UnitOfWork, { keys }: DeleteUser, { caller }: CommandContext): Promise<void> {
    for (const key of keys) await managedUser(work, key, caller);
    work.throwIfFaulted();
    for (const key of keys) {
      await work.decide(user, key, { type: 'DeleteUser', data: {} });
      await keepSuperusers(work, String(key));
    }
  }
}

@CommandHandler(CloseSessions)
class CloseSessionsHandler extends UnitOfWorkHandler<CloseSessions> {
  async decide(work: UnitOfWork, { key }: CloseSessions, { caller }: CommandContext): Promise<void> {
    await managedUser(work, key, caller);
    await work.decide(user, key, { type: 'CloseSessions', data: {} });
  }
}

@CommandHandler(UnlinkUser)
class UnlinkUserHandler extends UnitOfWorkHandler<UnlinkUser> {
  async decide(work: UnitOfWork, { key }: UnlinkUser, { caller }: CommandContext): Promise<void> {
    await managedUser(work, key, caller);
    await work.decide(user, key, { type: 'LinkUser', data: { subject: null } });
  }
}

export const accountHandlers = [
  CreateUserHandler,
  ChangeUserHandler,
  DeleteUserHandler,
  CloseSessionsHandler,
  UnlinkUserHandler,
];
