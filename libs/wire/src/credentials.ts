import { Secret } from '#kernel';

/** Where an agent finds credentials that do not travel with tasks. */
export interface Vault {
  /** What stands under a path, by name. @throws Error with what the vault says, or why it was not reached */
  read(path: string, signal: AbortSignal): Promise<Readonly<Record<string, Secret>>>;
}

/** What a task is given as credentials: a map with them, a path in the vault of the agent, or none. */
export type GivenCredentials = string | Secret | Readonly<Record<string, string | Secret>> | null | undefined;

/** Names of what is no secret: it is not masked in what a task reports. */
const OPEN = new Set(['username', 'user']);

/**
 * How a task gets its credentials.
 * @param found takes the secret texts that came from the vault
 */
export function credentialsOf(vault: Vault | undefined, signal: AbortSignal, found: (texts: string[]) => void) {
  return async (value: GivenCredentials): Promise<Readonly<Record<string, Secret>> | null> => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'object' && !(value instanceof Secret)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, one instanceof Secret ? one : new Secret(one)]),
      );
    }
    const path = (value instanceof Secret ? value.reveal() : value).replace(/^vault:/, '');
    if (vault === undefined) throw new Error('its credentials are in a vault, and this agent has none: set one up');
    const read = await vault.read(path, signal);
    found(Object.entries(read).flatMap(([name, one]) => (OPEN.has(name) ? [] : [one.reveal()])));
    return read;
  };
}
