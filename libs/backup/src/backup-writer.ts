import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { link, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Lines are handed on when they come to so many characters. */
const CHUNK = 64 * 1024;

/** Writes lines into a compressed file that has its name only once it is whole. */
export class BackupWriter {
  readonly #file: string;
  readonly #draft: string;
  readonly #handle: FileHandle;
  readonly #gzip = createGzip({ level: 4 });
  readonly #written: Promise<void>;
  readonly #hash = createHash('sha256');
  #lines: string[] = [];
  #size = 0;

  private constructor(file: string, draft: string, handle: FileHandle) {
    this.#file = file;
    this.#draft = draft;
    this.#handle = handle;
    this.#written = pipeline(this.#gzip, async (chunks: AsyncIterable<Buffer>) => {
      // Each is written whole, behind the one before.
      for await (const chunk of chunks) await handle.writeFile(chunk);
    });
    // Told where the next line is written, or at the end.
    this.#written.catch(() => undefined);
  }

  /** Begins a file only its owner can read. @throws Error where it is there already, or cannot be made */
  static async create(file: string): Promise<BackupWriter> {
    const there = await open(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await there?.close();
    if (there) throw new Error(`${file} is there already`);
    const draft = `${file}.${randomBytes(4).toString('hex')}.unfinished`;
    return new BackupWriter(file, draft, await open(draft, 'wx', 0o600));
  }

  async line(value: unknown): Promise<void> {
    const text = `${JSON.stringify(value)}\n`;
    this.#lines.push(text);
    this.#size += text.length;
    if (this.#size >= CHUNK) await this.#flush();
  }

  /** Writes the end record, which `end` makes of the checksum, and gives the file its name. @returns both, with its size */
  async finish<E>(end: (sha256: string) => E): Promise<{ readonly end: E; readonly bytes: number }> {
    await this.#flush();
    const last = end(this.#hash.digest('hex'));
    this.#gzip.end(`${JSON.stringify(last)}\n`);
    await this.#written;
    await this.#handle.sync();
    const { size } = await this.#handle.stat();
    await this.#handle.close();
    // Unlike a rename, it never takes the place of a file that came meanwhile.
    await link(this.#draft, this.#file);
    await unlink(this.#draft);
    const folder = await open(path.dirname(path.resolve(this.#file)));
    await folder.sync();
    await folder.close();
    return { end: last, bytes: size };
  }

  /** Removes what was written. */
  async giveUp(): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined);
    await this.#handle.close().catch(() => undefined);
    await unlink(this.#draft).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  async #flush(): Promise<void> {
    const text = this.#lines.join('');
    this.#lines = [];
    this.#size = 0;
    this.#hash.update(text);
    if (!this.#gzip.write(text)) await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }
}
