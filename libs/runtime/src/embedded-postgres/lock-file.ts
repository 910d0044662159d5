import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

/** A PostgreSQL server that runs. */
export interface RunningServer {
  readonly pid: number;
  /** On loopback. */
  readonly port: number;
}

const lockOf = (data: string): string => path.join(data, 'postmaster.pid');

/** The server that runs on a data directory, as its lock file says and the process table confirms. */
export async function runningServer(data: string): Promise<RunningServer | undefined> {
  const lock = await readLock(data);
  return lock && serves(lock.pid, data) && lock.port > 0 ? { pid: lock.pid, port: lock.port } : undefined;
}

/**
 * Takes away the lock file of a server that runs no more. PostgreSQL would refuse to start where another process of the
 * same account has its number now. It has a second lock, in shared memory, against two servers on one directory.
 */
export async function removeStaleLock(data: string): Promise<void> {
  const lock = await readLock(data);
  if (lock && !serves(lock.pid, data)) await rm(lockOf(data), { force: true });
}

async function readLock(data: string): Promise<{ readonly pid: number; readonly port: number } | undefined> {
  try {
    const lines = (await readFile(lockOf(data), 'utf8')).split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a process is a PostgreSQL server that runs on a data directory. */
function serves(pid: number, data: string): boolean {
  if (!(pid > 0) || !isAlive(pid)) return false;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.includes('postgres') && stdout.includes(data);
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended meanwhile, or is another user's, who could not run one on our directory.
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return false;
    throw error;
  }
}

/** Whether a process is there and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and was not waited for still answers.
    const status = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return status.error !== undefined || !status.stdout.trim().startsWith('Z');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
