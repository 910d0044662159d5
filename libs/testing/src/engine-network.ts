import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Debian has some programs where only root looks. */
export const ROOT_PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
const ip = (...args: readonly string[]) => run('ip', args, { env: { PATH: ROOT_PATH } });

/**
 * A function of the shell that removes all of an engine that is gone: what it has mounted, its network, its cgroups, its folder.
 * It takes `$folder` and `$name`.
 */
export const REMOVE_ENGINE = `
remove() {
  sed 's/^[^ ]* [^ ]* [^ ]* [^ ]* \\([^ ]*\\) .*/\\1/' /proc/self/mountinfo | grep "^$folder/" | sort -r |
    while read -r mounted; do umount "$mounted"; done
  ip netns del "$name"
  find /sys/fs/cgroup -depth -type d -path "*/$name*" -exec rmdir {} + 2>/dev/null
  rm -rf "$folder"
}
`;

/** Removes all of an engine that is gone. */
export const removeEngine = (folder: string, name: string) =>
  run('sh', ['-c', `${REMOVE_ENGINE}\nfolder=$1 name=$2\nremove`, 'sh', folder, name], { env: { PATH: ROOT_PATH } });

/** Makes a network namespace with one way into it. @returns the addresses of both ends, of a block meant for tests */
export async function makeNetwork(name: string): Promise<{ readonly near: string; readonly far: string }> {
  const [block, third, fourth] = [randomInt(18, 20), randomInt(256), randomInt(64) * 4];
  const at = (n: number) => `198.${block}.${third}.${fourth + n}`;
  const [near, far] = [at(1), at(2)];
  const link = name.replace('contractor-', 'ctr');
  await ip('netns', 'add', name);
  await ip('-netns', name, 'link', 'set', 'lo', 'up');
  await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'up0', 'netns', name);
  await ip('address', 'add', `${near}/30`, 'dev', link);
  await ip('link', 'set', link, 'up');
  await ip('-netns', name, 'address', 'add', `${far}/30`, 'dev', 'up0');
  await ip('-netns', name, 'link', 'set', 'up0', 'up');
  return { near, far };
}
