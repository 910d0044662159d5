import { LRUCache } from 'lru-cache';
import { TaskHolders } from './task-holders.ts';
import type { TaskPlace } from './wire.ts';

/** Of how many dispatches the secrets are remembered; those of others are looked up again. */
const MAX_SECRETS = 5000;

/**
 * What the foreman's end remembers of the dispatches that are out, by their cookies: who holds them, and the secrets that
 * were kept back. @param silence after how long a silence another agent may hold one, in milliseconds
 */
export function dispatchesOut(silence: number) {
  const holders = new TaskHolders({ silence });
  const secrets = new LRUCache<string, TaskPlace & { readonly texts: readonly string[] }>({ max: MAX_SECRETS });
  return {
    holders,
    secrets,
    /** It is over, or taken back. */
    forget(cookie: string): void {
      holders.forget(cookie);
      secrets.delete(cookie);
    },
  };
}

/** The dispatches that are out, as far as the foreman's end remembers them. */
export type DispatchesOut = ReturnType<typeof dispatchesOut>;
