import type { Secret } from '#kernel';
import type { GivenCredentials, TaskContext } from '#platform';

/** Who logs in at a management processor. */
export interface Login {
  readonly username: string;
  readonly password: Secret;
}

/** Finds who logs in. @throws Error where a user name or a password is missing */
export async function loginOf(
  given: GivenCredentials,
  { credentials }: Pick<TaskContext, 'credentials'>,
): Promise<Login> {
  const { username, password } = (await credentials(given)) ?? {};
  const where = typeof given === 'string' ? `the entry ${given} of the vault has no` : 'there is no';
  if (username === undefined || username.reveal() === '') throw new Error(`${where} "username" to log in with`);
  if (password === undefined || password.reveal() === '') throw new Error(`${where} "password" to log in with`);
  return { username: username.reveal(), password };
}
