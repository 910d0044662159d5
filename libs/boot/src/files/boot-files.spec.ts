import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BootFiles } from './boot-files.ts';

let folder: string;
const at = (...names: readonly string[]): string => path.join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-boot-files-'));
  await mkdir(at('root/pxe/.git'), { recursive: true });
  await mkdir(at('ipxe'));
  await writeFile(at('root/pxe/vmlinuz'), 'kernel');
  await writeFile(at('root/pxe/.git/config'), 'secret');
  await writeFile(at('root/ttyS1.kpxe'), 'our own');
  await writeFile(at('root/private'), 'hush');
  await chmod(at('root/private'), 0o640);
  await writeFile(at('outside'), 'hush');
  await symlink(at('outside'), at('root/leak'));
  await symlink('pxe/vmlinuz', at('root/linux'));
  await writeFile(at('ipxe/undionly.kpxe'), 'bios');
  await writeFile(at('ipxe/ipxe.efi'), 'uefi');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('boot files', () => {
  it.each([
    ['pxe/vmlinuz', 'root/pxe/vmlinuz', 6],
    ['/pxe/vmlinuz', 'root/pxe/vmlinuz', 6],
    ['//pxe//vmlinuz', 'root/pxe/vmlinuz', 6],
    ['linux', 'root/pxe/vmlinuz', 6],
    ['console.kpxe', 'ipxe/undionly.kpxe', 4],
    ['ipxe/console.kpxe', 'ipxe/undionly.kpxe', 4],
    ['ttyS0.kpxe', 'ipxe/undionly.kpxe', 4],
    // One's own comes first.
    ['ttyS1.kpxe', 'root/ttyS1.kpxe', 7],
    // There is no snponly.efi.
    ['ttyS3.efi', 'ipxe/ipxe.efi', 4],
    ['undionly.kpxe', 'ipxe/undionly.kpxe', 4],
  ])('%j is %s', async (name, file, size) => {
    expect(await new BootFiles(at('root'), at('ipxe')).find(name)).toEqual({ file: at(file), size });
  });

  it.each([
    ['nothing', 'missing', 'there is no such file'],
    ['pxe', 'missing', 'it is no file'],
    ['pxe/vmlinuz/more', 'missing', 'there is no such file'],
    ['snponly.efi', 'missing', 'there is no such file'],
    ['ttyS1.efi/', 'missing', 'there is no such file'],
    ['../outside', 'refused', 'it is outside the folder'],
    ['pxe/../../outside', 'refused', 'it is outside the folder'],
    ['..\\outside', 'refused', 'its name has characters that no file here has'],
    ['pxe/vmlinuz\0.txt', 'refused', 'its name has characters that no file here has'],
    ['leak', 'refused', 'a link leads out of the folder'],
    ['pxe/.git/config', 'refused', 'hidden files are given to nobody'],
    ['private', 'refused', 'not everybody may read it'],
    ['', 'refused', 'no file is named'],
    ['x'.repeat(513), 'refused', 'its name has more than 512 characters'],
    ['x'.repeat(300), 'missing', 'there is no such file'],
  ])('%j is %s: %s', async (name, outcome, reason) => {
    expect(await new BootFiles(at('root'), at('ipxe')).find(name)).toEqual({ outcome, reason });
  });

  it('are those of iPXE alone where no folder is named', async () => {
    const files = new BootFiles(undefined, at('ipxe'));
    expect(await files.find('console.kpxe')).toEqual({ file: at('ipxe/undionly.kpxe'), size: 4 });
    expect(await files.find('pxe/vmlinuz')).toMatchObject({ outcome: 'missing' });
  });
});
