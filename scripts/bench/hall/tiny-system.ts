import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Debian puts programs that make file systems where only root looks. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

/** What the system does: it has an address, tells the server that it is there, and answers at port 22. */
const INIT = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
ip link set lo up
/bin/modprobe -a virtio_pci virtio_net
ip link set eth0 up
until udhcpc -i eth0 -n -q -t 4 -T 1 -s /contractor/parts/leased; do sleep 1; done
until wget -q -O /run/config SERVER/config/config/; do sleep 1; done
echo "the system runs as $(sed -n 's/.*"_fqdn": *"\\([^"]*\\)".*/\\1/p' /run/config)" > /dev/console
nc -ll -p 22 -e /bin/echo SSH-2.0-tiny
`;
const BOOT_CODE = '/usr/lib/syslinux/mbr/mbr.bin';
const LOADER = `serial 0
default linux
label linux
kernel vmlinuz
initrd initrd
append console=ttyS0 quiet cryptomgr.notests no_timer_check panic=5
`;
const SECTOR = 512;
const START = 2048;
const SIZE = 20 * 1_048_576;
/** What of the boot image it is made of: programs and drivers that it needs; the rest would be unpacked for nothing. */
const PARTS = ['bin', 'contractor/parts/leased', 'dev', 'lib', 'proc', 'run', 'sys', 'usr/lib/modules'];
/** Makes its initrd in the folder `$1`, of the files in `root` there and of the boot image `$2`. */
const PACK = `cd "$1"
zstd -q -d -c "$2" > all
mkdir -p given && (cd given && busybox cpio -i -d -m < ../all)
(cd given && tar -c ${PARTS.join(' ')}) | tar -x -C root
cd root && find . | busybox cpio -o -H newc | zstd -q -c > ../initrd`;

/**
 * Makes the image of a disk that boots with BIOS, of the kernel and the programs of the boot image.
 * @param disks where the boot image is
 * @returns its file
 */
export async function makeSystem(folder: string, disks: string, server: string): Promise<string> {
  const parts = path.join(folder, 'system');
  const at = (name: string) => path.join(parts, name);
  const image = path.join(folder, 'system.raw');
  await mkdir(at('root'), { recursive: true });
  await writeFile(at('root/init'), INIT.replace('SERVER', server), { mode: 0o755 });
  await run('sh', ['-ec', PACK, 'pack', parts, path.join(disks, 'contractor.initrd')]);
  await writeFile(at('syslinux.cfg'), LOADER);
  await copyFile(path.join(disks, 'contractor.vmlinuz'), at('vmlinuz'));
  await writeFile(image, '');
  await truncate(image, SIZE);
  const offset = START * SECTOR;
  const fat = ['-F', '16', '-h', String(START), '--offset', String(START), image, String((SIZE - offset) / 1024)];
  await run('mkfs.fat', fat, { env });
  const files = ['vmlinuz', 'initrd', 'syslinux.cfg'].map(at);
  await run('mcopy', ['-i', `${image}@@${offset}`, ...files, '::']);
  await run('syslinux', ['--install', '--offset', String(offset), image]);
  const octets = await readFile(image);
  (await readFile(BOOT_CODE)).copy(octets);
  // The only partition: it is booted, and a FAT whose sectors are counted.
  octets.set([0x80, 0, 0, 0, 0x0c], 446);
  octets.writeUInt32LE(START, 454);
  octets.writeUInt32LE(SIZE / SECTOR - START, 458);
  octets.set([0x55, 0xaa], 510);
  await writeFile(image, octets);
  return image;
}
