import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, lchown, lstat, mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#kernel';
import { BadSetting } from '../settings/bad-setting.ts';
import type { Account } from './account.ts';
import { ACCOUNT_NAME, childEnvironment, dataArgument } from './account.ts';
import { runningServer } from './lock-file.ts';

/** The superuser of the embedded PostgreSQL. */
export const USER = 'contractor';
/** Beginning of the name of a data directory that is being made. */
const UNFINISHED = 'postgres.new-';
/** Account of files in a data directory that belongs to nobody in particular. */
const NOBODY = 65534;

/** Where the data of the server is. */
export interface DataFolder {
  /** Absolute, without links. */
  readonly data: string;
  readonly passwordFile: string;
}

/** Finds the data of the server below a directory, and makes it where there is none. */
export async function dataFolder(
  directory: string,
  programs: string,
  account: Account | undefined,
  log: Logger,
): Promise<DataFolder> {
  const here = path.join(await realpath(directory), 'postgres');
  const data = await realpath(here).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return here;
  });
  const passwordFile = path.join(path.dirname(data), 'postgres.password');
  if ((await lstat(here).catch(() => undefined))?.isSymbolicLink()) {
    log.warn('the database is not in the data directory, which holds a link to it: back up both', { link: here, data });
  }
  if (!existsSync(path.join(data, 'PG_VERSION'))) await makeData(programs, account, { data, passwordFile });
  else if (!(await runningServer(data))) await ensureOwner(directory, data, account, log);
  return { data, passwordFile };
}

/**
 * Makes the data directory. It is made under another name, so that it is whole as soon as it is there: killed half-way,
 * all begins anew, and a left-over initdb that is still at work finds nothing to spoil.
 */
async function makeData(
  programs: string,
  account: Account | undefined,
  { data, passwordFile }: DataFolder,
): Promise<void> {
  const parent = path.dirname(data);
  for (const name of await readdir(parent)) {
    if (name.startsWith(UNFINISHED)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
  const unfinished = path.join(parent, `${UNFINISHED}${randomUUID()}`);
  await mkdir(unfinished, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, randomUUID(), { mode: 0o600 });
  // initdb reads the password from its standard input: its account need not reach the file, but has to own it.
  if (account) for (const file of [unfinished, passwordFile]) await chown(file, account.uid, account.gid);
  const password = await open(passwordFile, 'r');
  try {
    const { status, stderr, error } = spawnSync(
      path.join(programs, 'initdb'),
      [
        `--pgdata=${dataArgument(unfinished, account)}`,
        `--username=${USER}`,
        '--auth=scram-sha-256',
        '--pwfile=/dev/stdin',
        '--locale=C',
        '--encoding=UTF8',
      ],
      { ...account, cwd: unfinished, env: childEnvironment(), stdio: [password.fd, 'pipe', 'pipe'], encoding: 'utf8' },
    );
    if (error) throw error;
    if (status !== 0) throw new Error(`initdb failed: ${stderr.trim()}`);
  } finally {
    await password.close();
  }
  await rm(data, { recursive: true, force: true });
  await rename(unfinished, data);
}

/** PostgreSQL runs only on files of its own account. */
async function ensureOwner(directory: string, data: string, account: Account | undefined, log: Logger): Promise<void> {
  const { uid } = await stat(data);
  const wanted = account?.uid ?? process.getuid?.() ?? uid;
  if (uid === wanted) return;
  if (!account) {
    throw new BadSetting(
      'CONTRACTOR_DATA',
      directory,
      `its database belongs to user ${uid}: start the server as that user or as root`,
    );
  }
  log.info(`gave the database to the account of PostgreSQL`, {
    account: ACCOUNT_NAME,
    data,
    before: uid === NOBODY ? 'nobody' : uid,
  });
  await give(data, account);
}

async function give(target: string, account: Account): Promise<void> {
  await lchown(target, account.uid, account.gid);
  if (!(await lstat(target)).isDirectory()) return;
  for (const name of await readdir(target)) await give(path.join(target, name), account);
}
