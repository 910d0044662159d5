import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

jest.setTimeout(300_000);

const run = promisify(execFile);

/** What machines do with it is seen in `bare-metal.spec.ts`. */
let folder: string;
const at = (...names: readonly string[]): string => path.join(folder, ...names);
const build = async (output: string): Promise<string> => {
  const packages = ['--packages', 'node_modules/.cache/boot-image'];
  const { stdout } = await run('scripts/build-boot-image.sh', ['--kernel', 'cloud-amd64', ...packages, output]);
  return stdout;
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-boot-image-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('is the same to the last octet when it is built again', async () => {
  const first = await build(at('image'));
  expect(first).toMatch(/^[0-9a-f]{64} {2}contractor\.vmlinuz\n[0-9a-f]{64} {2}contractor\.initrd\n$/);
  expect(await build(at('again'))).toBe(first);
  const { stdout } = await run('sha256sum', ['contractor.vmlinuz', 'contractor.initrd'], { cwd: at('image') });
  expect(stdout).toBe(first);
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
