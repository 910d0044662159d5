import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { DeleteCommand } from '#api';
import type { CommandContext } from '#event-store';
import { CommandExecutor, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { Secret } from '#kernel';
import { People } from '#people';
import { checkReach } from './grant-policy.ts';
import type { HolderKind } from './holders.ts';
import { decideSessions, kindOf } from './holders.ts';
import { LoginLimit } from './login-limit.ts';
import { canBeName } from './names.ts';
import { openSessions } from './open-sessions.ts';
import { Passwords } from './passwords.ts';
import { service } from './service.ts';
import type { Holder, Session } from './session-holder.ts';
import { isWithin } from './source-network.ts';
import { hashOf, newToken, shownOnce } from './tokens.ts';
import { user } from './user.ts';

const TWO_WEEKS_MS = 14 * 24 * 3600 * 1000;

/**
 * Opens a session of two weeks, for a user by their password or for a service by its token. Results in its token, 32
 * characters of a-z and 0-9. Refused as `Invalid Login`, whatever was wrong with it.
 */
export class Login extends NamedCommand<string> {
  constructor(
    readonly username: string,
    readonly password: Secret,
  ) {
    super();
  }
}

/** Closes the caller's session, if there is one. */
export class Logout extends NamedCommand {}

/** Ends sessions, by their ids. */
export class DeleteSession extends DeleteCommand {}

/** Closes those sessions of a user or a service that have run out. */
export class CloseExpiredSessions extends NamedCommand {
  constructor(readonly holder: string) {
    super();
  }
}

/** Somebody who is let in: what they are, by what, and the token they get. */
interface LetIn {
  readonly kind: HolderKind;
  /** What they are known by inside. */
  readonly holder: string;
  readonly credential: string;
  /** The address they come from, sealed where it is a person who does. */
  readonly source: string;
  readonly token: string;
}

@CommandHandler(Login)
class LoginHandler extends UnitOfWorkHandler<Login, LetIn> {
  constructor(
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(LoginLimit) private readonly limit: LoginLimit,
    @Inject(CommandExecutor) private readonly executor: CommandExecutor,
    @Inject(People) private readonly people: People,
  ) {
    super();
  }

  override async prepare({ username, password }: Login, { caller }: CommandContext): Promise<LetIn> {
    const source = caller?.source ?? '';
    const holder = canBeName(username) ? await this.people.inside(username) : username;
    return this.limit.guard(holder, source, () => this.#letIn(username, holder, password.reveal(), source));
  }

  async decide(work: UnitOfWork, _: Login, context: CommandContext, { kind, holder, source, ...letIn }: LetIn) {
    const { credential, token } = letIn;
    const data = { ...newSession(holder, hashOf(token), source, context), credential };
    await decideSessions(work, kind, holder, { type: 'OpenSession', data });
    return hashOf(token);
  }

  override async complete(_: Login, result: string, { token }: LetIn): Promise<string> {
    return shownOnce(token, result);
  }

  /** Takes as long for names nobody has or can have, and for tokens of services, as for passwords of users. */
  async #letIn(name: string, holder: string, password: string, source: string): Promise<LetIn> {
    const { user: person, service: program } = canBeName(name) ? await this.#holders(name, holder) : {};
    const matches = await this.passwords.matches(person?.credential, password, source);
    const token = newToken();
    if (matches && person?.credential && isFrom(person, source)) {
      const sealed = await this.people.seal(holder, source);
      return { kind: 'user', holder, credential: person.credential, source: sealed, token };
    }
    const hash = hashOf(password);
    if (program?.credential === hash && isFrom(program, source)) {
      return { kind: 'service', holder: name, credential: hash, source, token };
    }
    throw refuse('', 'INVALID_LOGIN', 'Invalid Login');
  }

  /** The user, or the service, of this name who may log in; by the log, for the rows of another server may be late. */
  async #holders(name: string, holder: string): Promise<{ readonly [K in HolderKind]?: Holder | undefined }> {
    const { value } = await this.executor.preview(async (work) => {
      const [person, program] = [await work.load(user, holder), await work.load(service, name)];
      return {
        user: person?.enabled ? person : undefined,
        service: program?.enabled ? program : undefined,
      };
    });
    return value;
  }
}

@CommandHandler(Logout)
class LogoutHandler extends UnitOfWorkHandler<Logout> {
  async decide(work: UnitOfWork, _: Logout, { caller }: CommandContext): Promise<void> {
    // A token is revoked, not logged out.
    if (!caller?.principal || caller.principal.token) return;
    const { name, serviceScope, session } = caller.principal;
    const command = { type: 'CloseSession', data: { session } } as const;
    await decideSessions(work, serviceScope ? 'service' : 'user', name, command);
  }
}

// Nothing refers to a session, so there is nobody to look for.
@CommandHandler(DeleteSession)
class DeleteSessionHandler extends UnitOfWorkHandler<DeleteSession> {
  constructor(@Inject(READ_STORE) private readonly reads: ReadStore) {
    super();
  }

  async decide(work: UnitOfWork, { keys }: DeleteSession, { caller }: CommandContext): Promise<void> {
    for (const key of keys) {
      const row = await this.reads.now.get(openSessions, key);
      if (!row) continue;
      if (row.user !== caller?.principal?.name) await checkReach(work, caller, row.user);
      const command = { type: 'CloseSession', data: { session: row.session } } as const;
      await decideSessions(work, await kindOf(work, row.user), row.user, command);
    }
  }
}

@CommandHandler(CloseExpiredSessions)
class CloseExpiredSessionsHandler extends UnitOfWorkHandler<CloseExpiredSessions> {
  async decide(work: UnitOfWork, { holder }: CloseExpiredSessions, { now }: CommandContext): Promise<void> {
    await decideSessions(work, await kindOf(work, holder), holder, { type: 'CloseExpiredSessions', data: { now } });
  }
}

/**
 * A session that begins now.
 * @param session hash of its token
 * @param source the address it is opened from, sealed where it is that of a person
 */
export const newSession = (user: string, session: string, source: string, { now }: CommandContext): Session => ({
  session,
  user,
  source,
  opened: now,
  expires: iso(Date.parse(now) + TWO_WEEKS_MS),
});

/** Whether somebody may log in from an address. */
const isFrom = ({ networks }: Holder, source: string): boolean => networks === undefined || isWithin(source, networks);

export const sessionHandlers = [LoginHandler, LogoutHandler, DeleteSessionHandler, CloseExpiredSessionsHandler];

/** ISO 8601 with microseconds, of milliseconds since 1970. */
const iso = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, -1)}000+00:00`;
