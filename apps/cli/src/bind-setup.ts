import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long a program may take, in milliseconds. */
const TIMEOUT_MS = 30_000;
/** Its owner writes zones, BIND's group reads them, and files made in it belong to that group. */
const DIRECTORY_MODE = 0o2750;

/** Where Debian has BIND's configuration. */
export const BIND_ETC = '/etc/bind';

/** The settings of a server that writes zones into a directory for the BIND of its machine. */
export const bindSettings = (etc: string, directory: string): Readonly<Record<string, string>> => ({
  BIND_ZONE_DIRECTORY: directory,
  BIND_SERVER: '127.0.0.1',
  BIND_RNDC_KEY: path.join(etc, 'rndc.key'),
});

/** A BIND that is to be made ready for zones. */
export interface BindSetup {
  /** Where BIND's configuration is: `/etc/bind`. */
  readonly etc: string;
  /** Where zones are to be written. */
  readonly directory: string;
  /** The user the server runs as; undefined: the one who sets it up. */
  readonly user: string | undefined;
}

/** Something that has to be there first is not, or BIND would not take the configuration. */
export class SetupFailed extends Error {}

/**
 * Makes a BIND on this machine ready for zones: a directory for them, the line that includes them, the key of `rndc`. What
 * is there already stays.
 * @returns what was changed, in words
 * @throws SetupFailed; nothing is changed in BIND's own files then
 */
export async function setUpBind({ etc, directory, user }: BindSetup): Promise<readonly string[]> {
  const configuration = path.join(etc, 'named.conf');
  const local = path.join(etc, 'named.conf.local');
  const before = await readFile(local, 'utf8').catch(() => undefined);
  if (before === undefined) throw new SetupFailed(`there is no ${local}: install BIND first (apt-get install bind9)`);
  const { gid } = await stat(configuration).catch(() => stat(local));
  const changes: string[] = [];

  const include = path.join(directory, 'dns.master');
  for (const folder of [directory, path.join(directory, 'zones')]) {
    if (await isThere(folder)) continue;
    await mkdir(folder, { recursive: true });
    changes.push(`made ${folder}`);
  }
  if (!(await isThere(include))) {
    await writeFile(include, '// The zones stand here once they are published.\n', { flag: 'wx' });
    await chmod(include, 0o644);
    changes.push(`made ${include}`);
  }
  const owner = user === undefined ? undefined : await userId(user);
  for (const folder of [directory, path.join(directory, 'zones')]) {
    await chown(folder, owner ?? (await stat(folder)).uid, gid);
    await chmod(folder, DIRECTORY_MODE);
  }
  await chown(include, owner ?? (await stat(include)).uid, gid);

  const key = path.join(etc, 'rndc.key');
  if (!(await isThere(key))) {
    await program('rndc-confgen', ['-a', '-c', key]);
    await chown(key, (await stat(key)).uid, gid);
    await chmod(key, 0o640);
    changes.push(`made ${key}`);
  }
  if (user !== undefined && owner !== 0 && (await addToGroup(user, gid))) {
    changes.push(`added ${user} to the group ${gid}, which may read ${key}`);
  }

  const line = `include "${include}";`;
  if (!before.split('\n').some((one) => one.trim() === line)) {
    await writeFile(local, `${before.replace(/\n*$/, '\n')}\n// The zones of Contractor.\n${line}\n`);
    try {
      await program('named-checkconf', [configuration]);
    } catch (error) {
      await writeFile(local, before);
      throw error;
    }
    changes.push(`included ${include} in ${local}`);
  }
  return changes;
}

/**
 * Has a BIND on this machine ask these name servers what it does not know itself; where its configuration names some
 * already, those stay.
 * @returns what was changed, in words
 * @throws SetupFailed; nothing is changed then
 */
export async function setForwarders(etc: string, servers: readonly string[]): Promise<readonly string[]> {
  const file = path.join(etc, 'named.conf.options');
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === undefined || servers.length === 0) return [];
  const said = before.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|#.*/g, '');
  const options = /^[ \t]*options[ \t]*\{[ \t]*$/m.exec(before);
  if (/\bforwarders\b/.test(said) || !options) return [];
  const end = options.index + options[0].length;
  const line = `\n\tforwarders { ${servers.map((server) => `${server}; `).join('')}};`;
  await writeFile(file, `${before.slice(0, end)}${line}${before.slice(end)}`);
  try {
    await program('named-checkconf', [path.join(etc, 'named.conf')]);
  } catch (error) {
    await writeFile(file, before);
    throw error;
  }
  return [`what BIND does not know is asked of ${servers.join(', ')} (${file})`];
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** @returns what it wrote @throws SetupFailed with what it said */
async function program(name: string, args: readonly string[]): Promise<string> {
  // Debian puts some programs where only root looks.
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`, LC_ALL: 'C' };
  try {
    return (await run(name, [...args], { env, timeout: TIMEOUT_MS })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    throw new SetupFailed(`${name}: ${`${stdout}${stderr}`.trim() || message}`, { cause: error });
  }
}

const userId = async (user: string): Promise<number> => Number(await program('id', ['-u', '--', user]));

/** @returns whether the user was not in it already */
async function addToGroup(user: string, gid: number): Promise<boolean> {
  if ((await program('id', ['-G', '--', user])).trim().split(' ').includes(String(gid))) return false;
  await program('usermod', ['--append', '--groups', String(gid), '--', user]);
  return true;
}
