import { hangUp } from './hang-up.ts';
import { replaceChanged } from './replace-file.ts';

/** The configuration of another program. */
export interface ToldFileOptions {
  readonly file: string;
  /** Everybody may read it unless said otherwise. */
  readonly mode?: number;
  /** The file with the number of its process; undefined: nobody is told. */
  readonly pidFile: string | undefined;
}

/** A configuration of another program, which is told to read it whenever it has changed, until that was possible. */
export class ToldFile {
  readonly #options: ToldFileOptions;
  /** Whoever wrote it before us may not have been able to tell. */
  #owed = true;

  constructor(options: ToldFileOptions) {
    this.#options = options;
  }

  /** Writes what it is to say. @returns whether it said something else @throws Error where it cannot be written or told */
  async write(text: string): Promise<boolean> {
    const { file, mode, pidFile } = this.#options;
    const changed = await replaceChanged(file, text, mode);
    this.#owed ||= changed;
    if (this.#owed && pidFile !== undefined) await hangUp(pidFile);
    this.#owed = false;
    return changed;
  }
}
