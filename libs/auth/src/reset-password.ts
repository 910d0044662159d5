import type { Clock, EventStore } from '#event-store';
import { CommandContext, CommandExecutor } from '#event-store';
import { refuse } from '#kernel';
import type { People } from '#people';
import type { Pool } from 'pg';
import { isShort, LENGTH_RULE, Passwords } from './passwords.ts';
import { keepSuperusers } from './superusers.ts';
import { user } from './user.ts';

/** What a password is reset on: the log and the database of a server, which need not run. */
export interface ResetPasswordParts {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly clock: Pick<Clock, 'now'>;
  /** Undefined: the key is not there by which users are found by their names, but for those whose names the log holds. */
  readonly people: Pick<People, 'inside'> | undefined;
}

/**
 * Sets the password of a user who has none that is known, without a session: for whoever operates the server. All sessions
 * of theirs end; who was disabled is enabled.
 * @returns whether the user was disabled
 * @throws Refusal where there is no such user, or the password is too short
 */
export async function resetPassword(
  { store, pool, clock, people }: ResetPasswordParts,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<{ readonly wasDisabled: boolean }> {
  if (isShort(password)) throw refuse('password', 'SHORT', LENGTH_RULE);
  const executor = new CommandExecutor(store, clock);
  const id = (await people?.inside(name)) ?? name;
  const { value: found } = await executor.preview((work) => work.load(user, id));
  if (!found) {
    const hint = people ? '' : '; without the secret key of the server others than root are not found by their names';
    throw refuse('name', 'NOT_FOUND', `there is no user ${JSON.stringify(name)}${hint}`);
  }
  const passwords = new Passwords(pool);
  await passwords.onModuleInit();
  const credential = await passwords.keep(password, '');
  const { metadata } = CommandContext.system(clock.now());
  try {
    await executor.execute(
      { ...metadata, command: 'ResetPassword', reason: 'contractor reset-password' },
      async (work) => {
        await work.decide(user, id, { type: 'ChangePassword', data: { credential } });
        await work.decide(user, id, { type: 'ChangeUser', data: { enabled: true } });
        await keepSuperusers(work, id);
      },
    );
  } catch (error) {
    await passwords.erase(credential);
    throw error;
  }
  return { wasDisabled: !found.enabled };
}
