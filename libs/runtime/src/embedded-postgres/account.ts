import { spawnSync } from 'node:child_process';
import os from 'node:os';
import type { Logger } from '#kernel';
import { BadSetting } from '../settings/bad-setting.ts';

/** The account a process runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account of the embedded PostgreSQL where the server is started as root, which PostgreSQL refuses. */
export const ACCOUNT_NAME = 'contractor-postgres';

/** Programs that make a system account, as distributions have them. */
const MAKERS: readonly (readonly [string, ...string[]])[] = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/false'],
  ['adduser', '-S', '-D', '-H', '-s', '/bin/false'],
];

/**
 * The account PostgreSQL runs as; undefined where it is that of this process. Started as root it has one of its own,
 * which is made when it is not there.
 * @throws BadSetting where it can neither be found nor made
 */
export function serverAccount(log: Logger): Account | undefined {
  if (process.getuid?.() !== 0) {
    ensureNamed();
    return undefined;
  }
  const known = accountOf(ACCOUNT_NAME);
  if (known) return known;
  const faults: string[] = [];
  for (const [program, ...args] of MAKERS) {
    const { error, stderr } = spawnSync(program, [...args, ACCOUNT_NAME], { encoding: 'utf8' });
    // Of several servers that start at once, one makes it.
    const made = accountOf(ACCOUNT_NAME);
    if (made) {
      log.info('made a system account for the embedded PostgreSQL', { account: ACCOUNT_NAME });
      return made;
    }
    faults.push(`${program}: ${error?.message ?? stderr.trim()}`);
  }
  throw new BadSetting(
    'DATABASE_URL',
    undefined,
    `PostgreSQL does not run as root, and its account ${ACCOUNT_NAME} could not be made (${faults.join('; ')}): ` +
      'make it, start the server as another user, or set DATABASE_URL',
  );
}

/** PostgreSQL's programs look for the name of the user they run as. */
function ensureNamed(): void {
  try {
    os.userInfo();
  } catch (error) {
    const rule = `must be set, because PostgreSQL does not run as a user without a name (uid ${process.getuid?.()})`;
    throw Object.assign(new BadSetting('DATABASE_URL', undefined, rule), { cause: error });
  }
}

function accountOf(name: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((what) => {
    const { status, stdout } = spawnSync('id', [what, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : Number.NaN;
  });
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid: uid as number, gid: gid as number } : undefined;
}

/** Whether an account may do something with a file: `-x` enter or run, `-r` read. */
export const accountMay = (account: Account, what: '-x' | '-r', file: string): boolean =>
  spawnSync('test', [what, file], { ...account, cwd: '/' }).status === 0;

/** What a process reaches its own working directory by, without a way there. */
const OWN_DIRECTORY = '/proc/self/cwd';

/**
 * How a program run in a data directory is told that it is its data directory: by its path, or, where the account cannot
 * walk there (a closed directory above it), as the directory it is in.
 */
export const dataArgument = (data: string, account: Account | undefined): string =>
  account && !accountMay(account, '-x', data) ? OWN_DIRECTORY : data;

/** The environment of PostgreSQL's programs: none of our settings, which hold passwords. */
export const childEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  ...(process.env['TZ'] === undefined ? {} : { TZ: process.env['TZ'] }),
});
