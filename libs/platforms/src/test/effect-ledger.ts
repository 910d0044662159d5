import { open, readFile } from 'node:fs/promises';

/** An effect that happened, with the id of the task that had it. */
export interface Effect {
  readonly task: string;
  readonly name: string;
  /** When, ISO 8601. */
  readonly at: string;
  /** SHA-256 of the password the task was given, in hexadecimal. */
  readonly password?: string;
}

/** Where effects are written down, in their order; nothing is ever taken out. */
export interface EffectLedger {
  /** Resolves when the effect outlives the process. */
  append(effect: Effect): Promise<void>;
  effects(): Promise<readonly Effect[]>;
}

/** A ledger in a file, one JSON object a line; several agents may write to it. */
export function fileLedger(path: string): EffectLedger {
  return {
    async append(effect) {
      const file = await open(path, 'a');
      try {
        // One write each, so that lines of several processes never mix.
        await file.write(`${JSON.stringify(effect)}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },

    async effects() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      // Behind the last end of a line is what another process is writing just now.
      const lines = text.split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Effect);
    },
  };
}

/** How many effects a ledger in memory holds; the oldest go first. */
export const MAX_EFFECTS = 10_000;

/** A ledger that ends with the process. */
export function memoryLedger(): EffectLedger {
  const effects: Effect[] = [];
  return {
    async append(effect) {
      effects.push(effect);
      if (effects.length > MAX_EFFECTS) effects.shift();
    },
    effects: async () => [...effects],
  };
}
