import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { typedInShell } from '../scripts/bench/hall/typed-in-shell.ts';

jest.setTimeout(300_000);

const run = promisify(execFile);

/** What machines do with it is seen in `bare-metal.spec.ts`. */
let folder: string;
/** What the build has told. */
let built: string;
const at = (...names: readonly string[]): string => path.join(folder, ...names);
const build = async (output: string): Promise<string> => {
  const packages = ['--packages', 'node_modules/.cache/boot-image'];
  const { stdout } = await run('scripts/build-boot-image.sh', ['--kernel', 'cloud-amd64', ...packages, output]);
  return stdout;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-boot-image-'));
  built = await build(at('image'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('is the same to the last octet when it is built again', async () => {
  expect(built).toMatch(/^[0-9a-f]{64} {2}contractor\.vmlinuz\n[0-9a-f]{64} {2}contractor\.initrd\n$/);
  expect(await build(at('again'))).toBe(built);
  const { stdout } = await run('sha256sum', ['contractor.vmlinuz', 'contractor.initrd'], { cwd: at('image') });
  expect(stdout).toBe(built);
});

it('is small, says what it is made of, and is there under the names that boot scripts ask for', async () => {
  for (const name of ['utility', 'bootstrap', 'set-rtc', 'linux-installer', 'disk-wipe', 'firmware']) {
    expect(await readlink(at('image', `${name}.vmlinuz`))).toBe('contractor.vmlinuz');
    expect(await readlink(at('image', `${name}.initrd`))).toBe('contractor.initrd');
  }
  const packages = await readFile(at('image', 'contractor.packages'), 'utf8');
  expect(packages).toMatch(/^linux-image-\S+-cloud-amd64 6\.1\.\S+$/m);
  expect((await readFile(at('image', 'contractor.initrd'))).length).toBeLessThan(16 * 1024 * 1024);
});

it('has a shell on the serial console of a machine, also where that is not the last of its consoles', async () => {
  const [socket, log] = [at('console'), at('console.log')];
  const words = [
    '-accel tcg -m 256 -nodefaults -nographic -monitor none -no-reboot',
    `-chardev socket,id=c,path=${socket},server=on,wait=off,logfile=${log} -serial chardev:c`,
    '-netdev user,id=n,restrict=on -device virtio-net-pci,netdev=n,mac=52:54:00:77:00:01',
    `-kernel ${at('image', 'contractor.vmlinuz')} -initrd ${at('image', 'contractor.initrd')}`,
  ].flatMap((line) => line.split(' '));
  const arguments_ = 'initrd=utility.initrd interface_mac=52:54:00:77:00:01 quiet no_timer_check';
  const consoles = 'console=ttyS0,115200 console=tty1';
  const machine = spawn('qemu-system-x86_64', [...words, '-append', `${arguments_} ${consoles}`], { stdio: 'ignore' });
  const ended = once(machine, 'exit');
  try {
    const shown = () => readFile(log, 'latin1').catch(() => '');
    await until(async () => (await shown()).includes('there is a shell on the console'), 120_000);
    expect(await typedInShell(socket)).toMatch(/^root of 6\.1\./);
  } finally {
    machine.kill('SIGKILL');
    await ended;
  }
});
