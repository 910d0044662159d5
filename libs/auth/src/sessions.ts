import type { Principal, UnitOfWork } from '#kernel';
import { Conflict, Refusal, refuse } from '#kernel';
import type { Call } from '#api';
import type { LoginLimit } from './login-limit.ts';
import { openSessions } from './open-sessions.ts';
import type { Passwords } from './passwords.ts';
import { isShort, LENGTH_RULE } from './passwords.ts';
import type { HolderKind } from './holders.ts';
import { decideSessions } from './holders.ts';
import { service } from './service.ts';
import { services } from './services.ts';
import { hashOf, newToken } from './tokens.ts';
import { user } from './user.ts';
import { users } from './users.ts';

const TWO_WEEKS = 14 * 24 * 3600 * 1000;
/** A session this young may change the password without giving the current one, in milliseconds. */
const YOUNG = 5 * 60 * 1000;

/** Codes of the refusals of a wrong name, password or token. */
const WRONG: readonly string[] = ['INVALID_LOGIN', 'WRONG'];

/** Somebody who is let in: what they are, and by what. */
interface LetIn {
  readonly kind: HolderKind;
  readonly credential: string;
}

const invalidLogin = () => refuse('', 'INVALID_LOGIN', 'Invalid Login');
const iso = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, -1)}000+00:00`;

/** Logging in and out, and changing passwords. */
export class Sessions {
  readonly #passwords: Passwords;
  readonly #limit: LoginLimit;

  constructor(passwords: Passwords, limit: LoginLimit) {
    this.#passwords = passwords;
    this.#limit = limit;
  }

  /**
   * Opens a session of two weeks, for a user by their password or for a service by its token.
   * @returns its token, 32 characters of a-z and 0-9. @throws Refusal `Invalid Login`, whatever was wrong with it
   */
  async login(name: string, password: string, call: Call): Promise<string> {
    const { source } = call.caller;
    return this.#limited(name, source, async () => {
      const { kind, credential } = await this.#letIn(name, password, call);
      const token = newToken();
      const data = {
        session: hashOf(token),
        user: name,
        source,
        opened: call.now,
        expires: iso(Date.parse(call.now) + TWO_WEEKS),
        credential,
      };
      await call.execute((work) => decideSessions(work, kind, name, { type: 'OpenSession', data }));
      return token;
    });
  }

  /** Closes the caller's session, if there is one. */
  async logout({ caller: { principal }, execute }: Call): Promise<void> {
    if (!principal) return;
    const { name, serviceScope, session } = principal;
    const command = { type: 'CloseSession', data: { session } } as const;
    await execute((work) => decideSessions(work, serviceScope ? 'service' : 'user', name, command));
  }

  /** Changes the caller's password; every session of theirs ends. */
  async changePassword(password: string, current: string | null, call: Call): Promise<void> {
    const { principal } = call.caller;
    if (!principal) throw refuse('', 'NOT_LOGGED_IN', 'Invalid Session');
    if (principal.serviceScope) throw refuse('', 'NO_PASSWORD', 'a service has a token, not a password');
    if (password === '') throw refuse('password', 'BLANK', 'This field cannot be blank.');
    await this.#checkCurrent(principal, current, call);
    await this.#replace(principal.name, password, call);
  }

  /** Sets the password of a user for them; every session of theirs ends. `check` refuses where the caller may not. */
  async setPassword(
    name: string,
    password: string,
    call: Call,
    check: (work: UnitOfWork) => Promise<unknown>,
  ): Promise<void> {
    if (isShort(password)) throw refuse('password', 'SHORT', LENGTH_RULE);
    await call.execute(check);
    await this.#replace(name, password, call, check);
  }

  /** Gives a service a new token, shown only now; the old one and all sessions end. */
  async renewToken(name: string, call: Call, check: (work: UnitOfWork) => Promise<unknown>): Promise<string> {
    const token = newToken();
    await call.execute(async (work) => {
      await check(work);
      await work.decide(service, name, { type: 'RenewToken', data: { credential: hashOf(token) } });
    });
    return token;
  }

  /** Takes as long for names nobody has, and for tokens of services, as for passwords of users. */
  async #letIn(name: string, password: string, { view }: Call): Promise<LetIn> {
    const [row, program] = await Promise.all([view.get(users, name), view.get(services, name)]);
    const matches = await this.#passwords.matches(row?.credential, password);
    if (matches && row?.enabled && row.credential) return { kind: 'user', credential: row.credential };
    const hash = hashOf(password);
    if (program?.enabled && program.credential === hash) return { kind: 'service', credential: hash };
    throw invalidLogin();
  }

  /** A session that was taken over must not take over the account. */
  async #checkCurrent({ name, session }: Principal, current: string | null, call: Call): Promise<void> {
    const { view, now, caller } = call;
    if (current === null) {
      const opened = (await view.get(openSessions, session))?.opened;
      if (opened !== undefined && Date.parse(opened) > Date.parse(now) - YOUNG) return;
      throw refuse('current_password', 'REQUIRED', 'Required Paramater');
    }
    await this.#limited(name, caller.source, async () => {
      if (await this.#passwords.matches((await view.get(users, name))?.credential, current)) return;
      throw refuse('current_password', 'WRONG', 'is not the current password');
    });
  }

  /** Runs something that checks a password; what fails for another reason than the password does not count. */
  async #limited<R>(name: string, source: string, check: () => Promise<R>): Promise<R> {
    const attempt = this.#limit.begin(name, source);
    try {
      const result = await check();
      attempt.succeeded();
      return result;
    } catch (error) {
      if (!(error instanceof Refusal) || !error.faults.some(({ code }) => WRONG.includes(code))) attempt.forget();
      throw error;
    }
  }

  /** Puts a new password in the place of the old one, of which nothing stays (`caretaker.ts`). */
  async #replace(
    name: string,
    password: string,
    { execute }: Call,
    check: (work: UnitOfWork) => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    const credential = await this.#passwords.keep(password);
    try {
      await execute(async (work) => {
        await check(work);
        await work.decide(user, name, { type: 'ChangePassword', data: { credential } });
      });
    } catch (error) {
      // Only where it is certain that nothing was appended.
      if (error instanceof Refusal || error instanceof Conflict) await this.#passwords.erase(credential);
      throw error;
    }
  }
}
