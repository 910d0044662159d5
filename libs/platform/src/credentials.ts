import type { Json } from '#kernel';
import { Secret } from '#kernel';

/** What stands behind credentials, by name: `username`, `password`, `token`, `private_key`. Nothing of it shows its text. */
export type Credentials = Readonly<Record<string, Secret>>;

/** What a task is given as credentials: a map with them, the path of an entry of the agent's vault, or none. */
export type GivenCredentials = string | Secret | Readonly<Record<string, string | Secret>> | null | undefined;

/** In front of a text that may be a literal as well, this says that it is a path in the agent's vault. */
const VAULT_MARK = 'vault:';

/**
 * The path in the vault that a text names explicitly (`vault:/v1/secret/data/db`); undefined: it is a literal. Where a text
 * is a path in any case (`credentials` that are no map), nothing needs to mark it.
 */
export function vaultPathOf(value: string | Secret): string | undefined {
  const text = value instanceof Secret ? value.reveal() : value;
  return text.startsWith(VAULT_MARK) ? text.slice(VAULT_MARK.length) : undefined;
}

/** In the place of a password, this says that the user name is the path of an entry in the agent's vault. */
const IN_VAULT = '_VAULT_';

/** Whether a password is no secret, but says where the credentials are. */
export const isVaultMark = (password: unknown): boolean => password === IN_VAULT;

/** Credentials as tasks carry them: a user name with a password, or the path of an entry in the agent's vault. */
export const credentialsOf = (username: Json, password: Json): Json =>
  isVaultMark(password) ? username : { username, password };
