import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { refuse } from '#kernel';
import type { ImageFormat } from './image.ts';
import { formatOf, HEAD_LENGTH, WrongFormat } from './image-format.ts';

/** What a SHA-256 looks like. */
export const SHA256 = /^[0-9a-f]{64}$/;
/** The ending of files that are not whole yet. */
const UNFINISHED = '.part';
/** How long nothing is written to an unfinished file before whoever wrote it is taken to be gone, in milliseconds. */
const ABANDONED_MS = 3600_000;
/** When files were last changed, as it is told: what has a name never changes, and is the same on every server. */
const UNCHANGED = new Date(0);
/** How many files are received at once in one process. */
export const MAX_RECEIVED = 4;

/** What may lie in the folder of images. */
export interface ImageLimits {
  /** Bytes of one file. */
  readonly file: number;
  /** Bytes of all files together, unfinished ones with their whole length. */
  readonly total: number;
}

/** A file that lies here. */
export interface ImageFile {
  readonly file: string;
  readonly size: number;
}

/** What is found in a file of an image. */
export interface VerifiedFile {
  readonly size: number;
  readonly sha256: string;
}

/** A file that is to come. */
export interface Announced {
  readonly sha256: string;
  /** Bytes that it will have. */
  readonly length: number;
}

/**
 * The files of images in a folder, each under its SHA-256. A file has its name once it is whole and on disk; several
 * processes on one machine share the folder.
 */
export class ImageFiles {
  readonly folder: string;
  readonly #limits: ImageLimits;
  #receiving = 0;

  constructor(folder: string, limits: ImageLimits) {
    this.folder = folder;
    this.#limits = limits;
  }

  /** A file by its checksum; undefined: it does not lie here. */
  async find(sha256: string): Promise<ImageFile | undefined> {
    if (!SHA256.test(sha256)) return undefined;
    const file = path.join(this.folder, sha256);
    const found = await stat(file).catch(nothingWhereMissing);
    return found?.isFile() ? { file, size: found.size } : undefined;
  }

  /** The format of a file that lies here. @throws WrongFormat */
  async formatOf({ file }: ImageFile): Promise<ImageFormat> {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
      return formatOf(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  }

  /** Says that a file is wanted: it is not removed for a while, though no image has it yet. */
  async keep({ file }: ImageFile): Promise<void> {
    await utimes(file, new Date(), UNCHANGED);
  }

  /**
   * Takes a file in as it comes. Where it is not as announced, or the sender breaks off, nothing of it stays.
   * @throws Refusal; what reading from the sender throws
   */
  async receive(announced: Announced, chunks: AsyncIterable<Uint8Array>): Promise<ImageFile> {
    const there = await this.find(announced.sha256);
    if (there) {
      await this.keep(there);
      return there;
    }
    this.#receiving += 1;
    try {
      if (this.#receiving > MAX_RECEIVED) {
        throw refuse('', 'BUSY', `${MAX_RECEIVED} files are being received already`);
      }
      return await this.#write(announced, chunks);
    } finally {
      this.#receiving -= 1;
    }
  }

  async #write({ sha256, length }: Announced, chunks: AsyncIterable<Uint8Array>): Promise<ImageFile> {
    if (length === 0) throw refuse('', 'LENGTH', 'the file is empty');
    if (length > this.#limits.file) {
      throw refuse('', 'TOO_LARGE', `it has ${length} bytes, and one image may have ${this.#limits.file}`);
    }
    await mkdir(this.folder, { recursive: true });
    const draft = path.join(this.folder, `${randomUUID()}${UNFINISHED}`);
    const handle = await open(draft, 'wx', 0o644);
    try {
      // Its whole length counts from now on, for others that come meanwhile too.
      await handle.truncate(length);
      await this.#checkRoom(length);
      const found = await written(handle, length, chunks);
      if (found.size !== length) {
        throw refuse('', 'LENGTH', `${found.size} bytes have come, and ${length} were announced`);
      }
      if (found.sha256 !== sha256) throw refuse('sha256', 'CHECKSUM', `its SHA-256 is ${found.sha256}, not ${sha256}`);
      await handle.utimes(new Date(), UNCHANGED);
      await handle.sync();
      await handle.close();
      const file = path.join(this.folder, sha256);
      await rename(draft, file);
      return { file, size: length };
    } catch (error) {
      await handle.close();
      await rm(draft, { force: true });
      throw error instanceof WrongFormat ? refuse('', 'FORMAT', error.message) : error;
    }
  }

  /** @throws Refusal where all files together are too large, or the disk has no room for what is to come */
  async #checkRoom(length: number): Promise<void> {
    const total = (await this.list()).reduce((sum, { size }) => sum + size, 0);
    if (total > this.#limits.total) {
      throw refuse('', 'NO_ROOM', `all images would have ${total} bytes, and may have ${this.#limits.total}`);
    }
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize < length) {
      throw refuse('', 'NO_ROOM', `the disk has ${bavail * bsize} bytes left, and it has ${length}`);
    }
  }

  /** Every file in the folder, unfinished ones too, with when it was last written or wanted, in milliseconds since 1970. */
  async list(): Promise<(ImageFile & { readonly name: string; readonly at: number })[]> {
    const names = (await readdir(this.folder).catch(nothingWhereMissing)) ?? [];
    const found = [];
    for (const name of names) {
      if (!SHA256.test(name) && !name.endsWith(UNFINISHED)) continue;
      const file = path.join(this.folder, name);
      const about = await stat(file).catch(nothingWhereMissing);
      if (about?.isFile()) found.push({ name, file, size: about.size, at: Math.max(about.mtimeMs, about.atimeMs) });
    }
    return found;
  }

  /** Reads a file and tells what it holds now. */
  async verify({ file }: ImageFile): Promise<VerifiedFile> {
    const hash = createHash('sha256');
    let size = 0;
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) {
        hash.update(chunk);
        size += chunk.length;
      }
    });
    return { size, sha256: hash.digest('hex') };
  }

  /**
   * Removes what nobody needs: unfinished files that nobody writes any more, and files that no image has.
   * @param isNeeded whether an image has the file of this checksum
   * @param unneededSince when a file was last written or wanted, at the latest, to be removed; milliseconds since 1970
   * @returns their names
   */
  async clean(isNeeded: (sha256: string) => Promise<boolean>, unneededSince: number, now: number): Promise<string[]> {
    const removed = [];
    for (const { name, file, at } of await this.list()) {
      const goes = name.endsWith(UNFINISHED) ? at < now - ABANDONED_MS : at < unneededSince && !(await isNeeded(name));
      if (!goes) continue;
      await rm(file, { force: true });
      removed.push(name);
    }
    return removed;
  }
}

/** Writes what comes, and tells how much it was; its first bytes have to be those of an image. */
async function written(handle: FileHandle, length: number, chunks: AsyncIterable<Uint8Array>): Promise<VerifiedFile> {
  const hash = createHash('sha256');
  let [size, head] = [0, Buffer.alloc(0)];
  for await (const chunk of chunks) {
    if (size + chunk.length > length) throw refuse('', 'LENGTH', `more than the announced ${length} bytes come`);
    if (head.length < HEAD_LENGTH) {
      head = Buffer.concat([head, chunk.subarray(0, HEAD_LENGTH)]);
      if (head.length >= HEAD_LENGTH) formatOf(head);
    }
    hash.update(chunk);
    // Behind what is there, and all of it, however little is written at once.
    await handle.writeFile(chunk);
    size += chunk.length;
  }
  formatOf(head);
  return { size, sha256: hash.digest('hex') };
}

function nothingWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
