import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { configDirectory, writePrivately } from './config-directory.ts';

/** How many lines are kept. */
export const MAX_HISTORY = 500;

/** The lines that were typed in the shell, kept from one to the next in a file only its owner can read. */
export class ShellHistory {
  readonly #file: string;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#file = path.join(configDirectory(environment), 'history');
  }

  /** The last one first. */
  async lines(): Promise<string[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text
      .split('\n')
      .filter((line) => line !== '')
      .reverse();
  }

  /** @param lines the last one first */
  async keep(lines: readonly string[]): Promise<void> {
    await writePrivately(this.#file, `${lines.slice(0, MAX_HISTORY).reverse().join('\n')}\n`);
  }
}
