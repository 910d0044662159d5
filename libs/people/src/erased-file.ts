import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isPersonId } from './person-id.ts';

/** Its name below the data directory. */
const NAME = 'erased-people';

/**
 * The ids of those who were erased, a line each, outside the database: whoever restores a backup made before finds there
 * who is to be erased again. The ids tell nobody's name.
 */
export class ErasedFile {
  readonly #file: string;
  /** Additions wait for each other. */
  #adding: Promise<unknown> = Promise.resolve();

  /** @param file below a data directory, or a file of such lines that came from one */
  constructor(file: string) {
    this.#file = file;
  }

  static in(directory: string): ErasedFile {
    return new ErasedFile(path.join(directory, NAME));
  }

  /** Empty where there is none. @throws Error where it holds something else */
  async read(): Promise<readonly string[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      return '';
    });
    const lines = text.split('\n').filter((line) => line !== '');
    const wrong = lines.findIndex((line) => !isPersonId(line));
    if (wrong >= 0) {
      throw new Error(
        `${this.#file}, line ${wrong + 1}: not the id of a person, such as person.0mh3k9c1… (22 characters)`,
      );
    }
    return lines;
  }

  /** The same; @throws Error also where there is none */
  async demand(): Promise<readonly string[]> {
    await access(this.#file).catch(() => {
      throw new Error(`there is no file ${this.#file}`);
    });
    return this.read();
  }

  /** Adds those that are not there yet. */
  add(ids: readonly string[]): Promise<void> {
    const next = this.#adding.then(() => this.#add(ids));
    this.#adding = next.catch(() => undefined);
    return next;
  }

  async #add(ids: readonly string[]): Promise<void> {
    const known = new Set(await this.read());
    const before = known.size;
    for (const id of ids) known.add(id);
    if (known.size === before) return;
    await mkdir(path.dirname(this.#file), { recursive: true });
    const draft = `${this.#file}.${process.pid}`;
    await writeFile(draft, [...known].map((id) => `${id}\n`).join(''), { mode: 0o600 });
    await rename(draft, this.#file);
  }
}
