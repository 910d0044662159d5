import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { Principal, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { Secret } from '#kernel';
import { LoginLimit } from './login-limit.ts';
import { managedUser } from './managed.ts';
import { openSessions } from './open-sessions.ts';
import { isShort, LENGTH_RULE, Passwords } from './passwords.ts';
import { user } from './user.ts';

/** A session this young may change the password without giving the current one. */
const YOUNG_MS = 5 * 60 * 1000;

/** Changes the caller's password; every session of theirs ends. */
export class ChangePassword extends NamedCommand {
  constructor(
    readonly password: Secret,
    /** Null: not given. */
    readonly current: Secret | null,
  ) {
    super();
  }
}

/** Sets the password of a user for them, of at least 8 characters; every session of theirs ends. */
export class SetPassword extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly password: Secret,
  ) {
    super();
  }
}

/** Puts a new password in the place of the old one, of which nothing stays. Prepared: the id of its verifier. */
abstract class NewPasswordHandler<C extends ChangePassword | SetPassword> extends UnitOfWorkHandler<C, string> {
  @Inject(Passwords) protected readonly passwords!: Passwords;

  override rollBack(_: C, credential: string): Promise<void> {
    return this.passwords.erase(credential);
  }

  protected keep({ password }: C, { caller }: CommandContext): Promise<string> {
    return this.passwords.keep(password.reveal(), caller?.source ?? '');
  }
}

@CommandHandler(ChangePassword)
class ChangePasswordHandler extends NewPasswordHandler<ChangePassword> {
  constructor(
    @Inject(LoginLimit) private readonly limit: LoginLimit,
    @Inject(READ_STORE) private readonly reads: ReadStore,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
  ) {
    super();
  }

  override async prepare(command: ChangePassword, context: CommandContext): Promise<string> {
    const principal = principalOf(context);
    if (principal.token) throw refuse('', 'NOT_BY_TOKEN', 'a password is changed in a session, not with a token');
    if (principal.serviceScope) throw refuse('', 'NO_PASSWORD', 'a service has a token, not a password');
    if (command.password.reveal() === '') throw refuse('password', 'BLANK', 'This field cannot be blank.');
    await this.#checkCurrent(principal, command.current, context);
    return this.keep(command, context);
  }

  async decide(work: UnitOfWork, _: ChangePassword, context: CommandContext, credential: string): Promise<void> {
    await work.decide(user, principalOf(context).name, { type: 'ChangePassword', data: { credential } });
  }

  /** A session that was taken over must not take over the account. */
  async #checkCurrent({ name, session }: Principal, current: Secret | null, context: CommandContext): Promise<void> {
    if (current === null) {
      const opened = (await this.reads.now.get(openSessions, session))?.opened;
      if (opened !== undefined && Date.parse(opened) > Date.parse(context.now) - YOUNG_MS) return;
      throw refuse('current_password', 'REQUIRED', 'Required Paramater');
    }
    const source = context.caller?.source ?? '';
    await this.limit.guard(name, source, async () => {
      const { value } = await this.executor.preview(async (work) => (await work.load(user, name))?.credential);
      if (await this.passwords.matches(value, current.reveal(), source)) return;
      throw refuse('current_password', 'WRONG', 'is not the current password');
    });
  }
}

@CommandHandler(SetPassword)
class SetPasswordHandler extends NewPasswordHandler<SetPassword> {
  constructor(@Inject(CommandExecutor) private readonly executor: CommandExecutor) {
    super();
  }

  /** Whoever may not is refused before anything is derived. */
  override async prepare(command: SetPassword, context: CommandContext): Promise<string> {
    if (isShort(command.password.reveal())) throw refuse('password', 'SHORT', LENGTH_RULE);
    await this.executor.preview((work) => managedUser(work, command.key, context.caller));
    return this.keep(command, context);
  }

  async decide(work: UnitOfWork, { key }: SetPassword, context: CommandContext, credential: string): Promise<void> {
    await managedUser(work, key, context.caller);
    await work.decide(user, key, { type: 'ChangePassword', data: { credential } });
  }
}

export const passwordHandlers = [ChangePasswordHandler, SetPasswordHandler];

function principalOf({ caller }: CommandContext): Principal {
  if (!caller?.principal) throw refuse('', 'NOT_LOGGED_IN', 'Invalid Session');
  return caller.principal;
}
