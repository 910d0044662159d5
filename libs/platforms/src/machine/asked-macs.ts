import type { TaskContext } from '#platform';

/**
 * Reads the MACs of machines that a listing is asked for besides; null for others, and for one of which they cannot be read:
 * that is no reason to list none.
 */
export const askedMacs =
  (asked: readonly string[], { signal, debug }: Pick<TaskContext, 'signal' | 'debug'>) =>
  async (id: string, read: () => Promise<readonly string[]>): Promise<readonly string[] | null> => {
    if (!asked.includes(id)) return null;
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      debug('the MACs of a machine could not be read', { machine: id, error: String(error) });
      return null;
    }
  };

/** What reads them. */
export type AskedMacs = ReturnType<typeof askedMacs>;
