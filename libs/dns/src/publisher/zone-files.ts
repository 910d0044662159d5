import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ProgramFailed, runProgram } from '#programs';

/** How long one zone may be checked, in milliseconds; one of 10,000 hosts takes a fifth of a second. */
const CHECK_TIMEOUT_MS = 60_000;
/** How much of what `named-checkzone` says of a zone is kept of each of its streams, in characters. */
const MAX_WORDS = 4000;
/** A longer name of a zone is cut in the name of its file, in characters. */
const MAX_NAME = 150;
/** What the names of files begin with that are being written. */
const DRAFT = '.draft-';
/** Anybody may read what a name server tells everybody. */
const ZONE_MODE = 0o644;

/** By what a file is known to be the one that was written: when it was changed, its size, its number on the disk. */
export type FileMark = string;

/** Zones as they are to be written into files. */
export interface ZoneText {
  readonly zone: string;
  readonly text: string;
}

/** A zone that was checked and stands beside the file it will replace. */
export interface Draft {
  readonly zone: string;
  readonly file: string;
}

/** A zone was not written, because it is not well-formed; the message has the words of the tool. */
export class BadZone extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadZone';
  }
}

/** The name of the file of a zone; different zones have different files, whatever characters are in their names. */
export function fileNameOf(zone: string): string {
  const plain = zone.replaceAll(/[^a-z0-9._-]/g, (char) => `%${Buffer.from(char).toString('hex')}`);
  if (plain.length <= MAX_NAME && plain !== '' && !plain.startsWith('.')) return `${plain}.zone`;
  const hash = createHash('sha256').update(zone).digest('hex').slice(0, 32);
  return `${plain.replace(/^\.+/, '').slice(0, MAX_NAME)}-${hash}.zone`;
}

/** The files of zones, and others BIND reads, in one directory: each is replaced whole or not at all. */
export class ZoneFiles {
  readonly directory: string;
  readonly #zones: string;

  constructor(directory: string) {
    this.directory = directory;
    this.#zones = path.join(directory, 'zones');
  }

  /** The file of a zone. */
  fileOf(zone: string): string {
    return path.join(this.#zones, fileNameOf(zone));
  }

  /** Makes the directories where they are not there, and removes what a process that was killed has left. */
  async open(): Promise<void> {
    await this.#make();
    for (const directory of [this.directory, this.#zones]) {
      for (const name of await readdir(directory)) {
        if (name.startsWith(DRAFT)) await rm(path.join(directory, name), { force: true });
      }
    }
  }

  /** @returns undefined where there is no such file */
  async markOf(file: string): Promise<FileMark | undefined> {
    try {
      const { mtimeNs, size, ino } = await stat(file, { bigint: true });
      return `${mtimeNs} ${size} ${ino}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The mark of the file of a zone where it has this text; undefined where it has another, or is not there. */
  async matches(file: string, text: string): Promise<FileMark | undefined> {
    const mark = await this.markOf(file);
    if (mark === undefined) return undefined;
    return (await readFile(file, 'utf8')) === text ? mark : undefined;
  }

  /**
   * Writes a zone beside its file and has it checked.
   * @throws BadZone; ProgramFailed
   */
  async draft({ zone, text }: ZoneText, signal: AbortSignal): Promise<Draft> {
    const file = await this.#writeDraft(this.#zones, text, ZONE_MODE);
    try {
      // Out-of-zone names are not looked up: the answers of others are no fault of the zone.
      const args = ['-k', 'fail', '-i', 'local', zone, file];
      const limits = { timeoutMs: CHECK_TIMEOUT_MS, maxOutput: MAX_WORDS, signal };
      const { code, stdout, stderr } = await runProgram('named-checkzone', args, limits);
      if (code === 0) return { zone, file };
      const words = `${stdout}${stderr}`.trim().replaceAll(file, fileNameOf(zone));
      if (code === null) throw new ProgramFailed('killed', `named-checkzone was ended: ${words}`);
      throw new BadZone(`named-checkzone: ${words}`);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Puts a checked zone in the place of its file. */
  async install({ zone, file }: Draft): Promise<FileMark> {
    return this.#replace(file, this.fileOf(zone));
  }

  async discard({ file }: Draft): Promise<void> {
    await rm(file, { force: true });
  }

  /** Writes another file of the directory. */
  async write(name: string, text: string, mode = ZONE_MODE): Promise<FileMark> {
    const draft = await this.#writeDraft(this.directory, text, mode);
    try {
      return await this.#replace(draft, path.join(this.directory, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /**
   * Has the file of a zone look new to BIND, which takes no notice of one that is not newer than what it has loaded.
   * @returns undefined where it has not this mark: it is another file
   */
  async touch(zone: string, mark: FileMark): Promise<FileMark | undefined> {
    const file = this.fileOf(zone);
    if ((await this.markOf(file)) !== mark) return undefined;
    const handle = await open(file, 'r+');
    try {
      await renew(handle, (await handle.stat()).mtimeMs);
    } finally {
      await handle.close();
    }
    return this.markOf(file);
  }

  async remove(zone: string): Promise<void> {
    await rm(this.fileOf(zone), { force: true });
  }

  async removeOther(name: string): Promise<void> {
    await rm(path.join(this.directory, name), { force: true });
  }

  async #make(): Promise<void> {
    await mkdir(this.#zones, { recursive: true, mode: 0o755 });
  }

  async #writeDraft(directory: string, text: string, mode: number): Promise<string> {
    const file = path.join(directory, `${DRAFT}${randomBytes(8).toString('hex')}`);
    // Nobody else may read it before it is known who may.
    const begin = () => open(file, 'wx', 0o600);
    const handle = await begin().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await this.#make();
      return begin();
    });
    try {
      await handle.writeFile(text);
      await handle.chmod(mode);
      await handle.sync();
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return file;
  }

  async #replace(draft: string, file: string): Promise<FileMark> {
    const handle = await open(draft, 'r+');
    try {
      const before = await stat(file).catch(() => undefined);
      await renew(handle, before?.mtimeMs ?? 0);
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncDirectory(path.dirname(file));
    return (await this.markOf(file)) ?? '';
  }
}

/** Sets the time of the last change to now, or behind what it was before where the clock was set back. In milliseconds. */
async function renew(handle: FileHandle, before: number): Promise<void> {
  const seconds = Math.max(performance.timeOrigin + performance.now(), before + 1) / 1000;
  await handle.utimes(seconds, seconds);
}

/** So that the new name outlasts a loss of power. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
