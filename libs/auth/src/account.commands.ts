import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { Caller, UnitOfWork } from '#kernel';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, given } from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key } from '#read-store';
import type { accountFields } from './account.api.ts';
import { GrantPolicy } from './grant-policy.ts';
import { managedUser } from './managed.ts';
import { checkName } from './names.ts';
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
abstract class UserHandler<C extends CreateUser | ChangeUser> extends UnitOfWorkHandler<C> {
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

@CommandHandler(CreateUser)
class CreateUserHandler extends UserHandler<CreateUser> {
  async decide(work: UnitOfWork, { values }: CreateUser, { caller }: CommandContext): Promise<string> {
    const { name, superuser, enabled, groups, permissions } = values;
    checkName(work, name);
    if (await work.load(service, name)) work.fault('name', 'TAKEN', 'Service with this Name already exists.');
    const wanted = { superuser: superuser ?? false, enabled: enabled ?? false, groups, permissions };
    await this.check(work, NOBODY, wanted, caller);
    await work.decide(user, name, { type: 'CreateUser', data: { name, ...wanted, credential: null } });
    await keepSuperusers(work, name);
    return name;
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
