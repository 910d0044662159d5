import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SignedCheckpoint } from './checkpoint-record.ts';
import { checkpointLine, checkpointsIn } from './checkpoint-record.ts';

/** The file below the data directory. */
const FILE = 'checkpoint.last';

/**
 * The last checkpoint that this machine knows of, outside the database: by it the end of a log is missed that was cut off
 * together with its checkpoints.
 */
export class KnownCheckpoint {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = path.join(directory, FILE);
  }

  /** Undefined where there is none. @throws Error where the file holds something else */
  async read(): Promise<SignedCheckpoint | undefined> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    });
    return text === undefined ? undefined : checkpointsIn(text, this.#file).at(-1);
  }

  async write(checkpoint: SignedCheckpoint): Promise<void> {
    const draft = `${this.#file}.${process.pid}`;
    await writeFile(draft, checkpointLine(checkpoint), { mode: 0o600 });
    await rename(draft, this.#file);
  }

  /** Puts it aside: the log is another one now, and somebody wants it so. @returns the file it stands in; undefined: there was none */
  async putAside(): Promise<string | undefined> {
    const aside = `${this.#file}.${new Date().toISOString().replaceAll(':', '')}`;
    try {
      await rename(this.#file, aside);
      return aside;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      return undefined;
    }
  }
}
