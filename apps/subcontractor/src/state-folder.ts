import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Logger } from '#kernel';
import type { ReportSpool } from '#wire';
import { openReportSpool } from '#wire';
import { askControl } from './control.ts';

/** Where a subcontractor with a configuration file has its state, unless it is said. */
export const USUAL_STATE = '/var/lib/subcontractor';

/** The folder cannot be used; the message says why. */
export class BadState extends Error {}

/** What a subcontractor keeps beyond the end of its process. */
export interface StateFolder {
  readonly folder: string;
  /** The name that was made up when the folder was made. */
  readonly name: string;
  readonly spool: ReportSpool;
  release(): void;
}

/** Where the socket of a running subcontractor is. */
export const socketIn = (folder: string): string => path.join(folder, 'control.sock');

/** Takes a folder for this process, and makes it where it is not there. @throws BadState */
export async function takeStateFolder(folder: string, log: Logger): Promise<StateFolder> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const release = await lock(folder);
    try {
      return {
        folder,
        name: await nameIn(folder),
        spool: await openReportSpool(path.join(folder, 'results'), { log }),
        release,
      };
    } catch (error) {
      release();
      throw error;
    }
  } catch (error) {
    if (error instanceof BadState) throw error;
    throw new BadState(`cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

const TAKEN = 'is used by another subcontractor that runs';

/**
 * Sees to it that one process uses a folder. The kernel lets go of the lock with the process, however that ends; where the
 * other one is in another container, its socket answers.
 */
async function lock(folder: string): Promise<() => void> {
  if ((await askControl(socketIn(folder), 'status').catch(() => undefined)) !== undefined) throw new BadState(TAKEN);
  if (process.platform !== 'linux') return () => undefined;
  const { dev, ino } = await stat(folder);
  const server = createServer((socket) => socket.destroy());
  server.listen(`\0contractor-subcontractor-${dev}-${ino}`);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new BadState(TAKEN, { cause: error });
    throw error;
  }
  server.unref();
  return () => void server.close();
}

/** A name that stays, so that an agent is known again after a restart. */
async function nameIn(folder: string): Promise<string> {
  const file = path.join(folder, 'name');
  const name = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (/^[\x21-\x7e]{1,100}\n$/.test(name)) return name.trim();
  const made = `${hostname()}-${randomBytes(3).toString('hex')}`;
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}
