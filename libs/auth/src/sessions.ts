import { createHash, randomInt } from 'node:crypto';
import type { Asking } from '#kernel';
import { refuse } from '#kernel';
import type { Call, Person } from '#api';
import type { Ground } from '#runtime';
import type { Passwords } from './passwords.ts';
import { user } from './user.ts';
import { sessions, users } from './users.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const TWO_WEEKS = 14 * 24 * 3600 * 1000;
/** A session this young may change the password without giving the current one, in milliseconds. */
const YOUNG = 5 * 60 * 1000;

const newToken = (): string => Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Logging in and out, and telling who somebody is by their token. */
export class Sessions {
  readonly #ground: Ground;
  readonly #passwords: Passwords;

  constructor(ground: Ground, passwords: Passwords) {
    this.#ground = ground;
    this.#passwords = passwords;
  }

  /** Opens a session. @returns its token, 32 characters of a-z and 0-9. @throws Refusal `Invalid Login` */
  async login(name: string, password: string, call: Call): Promise<string> {
    const row = await call.view.get(users, name);
    if (!(await this.#passwords.matches(row?.credential, password))) throw refuse('', 'INVALID_LOGIN', 'Invalid Login');
    const token = newToken();
    const data = {
      session: hashOf(token),
      user: name,
      opened: call.now,
      expires: new Date(Date.now() + TWO_WEEKS).toISOString(),
    };
    await call.execute((work) => work.decide(user, name, { type: 'OpenSession', data }));
    return token;
  }

  /** Closes the caller's session, if there is one. */
  async logout({ caller, execute }: Call): Promise<void> {
    const { person } = caller;
    if (!person) return;
    await execute((work) =>
      work.decide(user, person.name, { type: 'CloseSession', data: { session: person.session } }),
    );
  }

  /** Changes the caller's password; every session of theirs ends. */
  async changePassword(password: string, current: string | null, { caller, view, execute }: Call): Promise<void> {
    const { person } = caller;
    if (!person) throw refuse('', 'NOT_LOGGED_IN', 'Invalid Session');
    if (password === '') throw refuse('password', 'BLANK', 'This field cannot be blank.');
    const [row, session] = await Promise.all([view.get(users, person.name), view.get(sessions, person.session)]);
    const young = session !== undefined && Date.parse(session.opened) > Date.now() - YOUNG;
    if (current === null ? !young : !(await this.#passwords.matches(row?.credential, current))) {
      throw refuse(
        'current_password',
        'WRONG',
        current === null ? 'Required Paramater' : 'is not the current password',
      );
    }
    const credential = await this.#passwords.keep(password);
    const data = { user: person.name, credential };
    await execute((work) => work.decide(user, person.name, { type: 'ChangePassword', data }));
  }

  /** Who the holder of a token is; undefined where the pair is not good (any more). */
  async identify(name: string, token: string): Promise<Person | undefined> {
    const { now } = this.#ground.reads;
    const hash = hashOf(token);
    const [session, row] = await Promise.all([now.get(sessions, hash), now.get(users, name)]);
    if (!session || !row || session.user !== name || Date.parse(session.expires) < Date.now()) return undefined;
    return { name, superuser: row.superuser, permissions: new Set(), session: hash };
  }

  /**
   * Makes the administrator where there is no user yet.
   * @returns the name and password to tell the operator once; undefined where there was nothing to do
   */
  async firstUser(password: string | undefined): Promise<{ name: string; password: string } | undefined> {
    const { reads, carryOut } = this.#ground;
    if ((await reads.now.list(users, { count: 1 })).total > 0) return undefined;
    const chosen = password ?? newToken().slice(0, 20);
    const credential = await this.#passwords.keep(chosen);
    const asking: Asking = { actor: 'system', request: 'first-user', correlation: 'first-user' };
    const data = { name: 'root', superuser: true, credential };
    await carryOut(asking, (work) => work.decide(user, 'root', { type: 'CreateUser', data }));
    return { name: 'root', password: chosen };
  }
}
