import { createHash } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Client, SFTPWrapper, Stats } from 'ssh2';
import type { TaskContext } from '#platform';

/** How many pieces of a file are on their way at a time; 32 KiB each. */
const CONCURRENCY = 16;

export interface FileToPut {
  /** Of the agent. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** On the host; where there is a file, it is replaced, and keeps its mode. */
  readonly destination: string;
}

/**
 * Puts a file on a host: beside its place, under a name of the task's own, and when it is whole there in one step, so nobody
 * sees a part of it.
 * @throws Error with what went wrong; the reason of the signal
 */
export async function putFile(
  client: Client,
  { file, size, destination }: FileToPut,
  { task, signal, debug }: Pick<TaskContext, 'task' | 'signal' | 'debug'>,
): Promise<void> {
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const place = await placeOf(sftp, destination);
  const drafted = `.${path.posix.basename(place.path)}.${createHash('sha256').update(task).digest('hex').slice(0, 12)}`;
  const draft = path.posix.join(path.posix.dirname(place.path), drafted);
  let abort = (): void => undefined;
  try {
    const mode = place.mode === undefined ? {} : { mode: place.mode };
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason as Error);
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      sftp.fastPut(file, draft, { concurrency: CONCURRENCY, ...mode }, (error) => (error ? reject(error) : resolve()));
    });
    const { size: written } = await statOf(sftp, draft);
    if (written !== size) throw new Error(`${written} of ${size} bytes were written`);
    // The usual one refuses where there is a file.
    await promisify(sftp.ext_openssh_rename.bind(sftp))(draft, place.path);
  } catch (error) {
    await promisify(sftp.unlink.bind(sftp))(draft).catch((left: unknown) =>
      debug('the draft is left', { draft, left }),
    );
    if (signal.aborted) throw signal.reason;
    throw new Error(`${destination}: ${(error as Error).message}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const statOf = (sftp: SFTPWrapper, file: string): Promise<Stats> =>
  promisify<string, Stats>(sftp.stat.bind(sftp))(file);

/** SFTP's code for what is not there. */
const NO_SUCH_FILE = 2;

/** Where a file goes: what a link points at, with the mode of what is there. @throws Error where it is no file */
async function placeOf(
  sftp: SFTPWrapper,
  destination: string,
): Promise<{ readonly path: string; readonly mode?: number }> {
  const found = await statOf(sftp, destination).catch((error: Error & { readonly code?: number }) => {
    if (error.code === NO_SUCH_FILE) return undefined;
    throw new Error(`${destination}: ${error.message}`, { cause: error });
  });
  if (found === undefined) return { path: destination };
  if (!found.isFile()) throw new Error(`${destination} is there, and is no file`);
  const real = await promisify<string, string>(sftp.realpath.bind(sftp))(destination);
  return { path: real, mode: found.mode & 0o7777 };
}
