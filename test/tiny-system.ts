import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the system does: it has an address, tells the server that it is there, and answers at port 22. */
const INIT = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
ip link set lo up
find /sys/devices -name modalias | sort | xargs cat | xargs /sbin/modprobe --all --quiet
sleep 0.3
find /sys/devices -name modalias | sort | xargs cat | xargs /sbin/modprobe --all --quiet
ip link set eth0 up
until udhcpc -i eth0 -n -q -t 4 -T 1 -s /contractor/parts/leased; do sleep 1; done
wget -q -O /run/config SERVER/config/config/
echo "the system runs as $(jq -r ._fqdn /run/config)" > /dev/console
nc -ll -p 22 -e /bin/echo SSH-2.0-tiny
`;

const BOOT_CODE = '/usr/lib/syslinux/mbr/mbr.bin';
const SECTOR = 512;
const START = 2048;
const SIZE = 60 * 1_048_576;

/** Makes an image of a disk that boots with BIOS: the kernel of the boot image, and its programs. @returns its file */
export async function makeSystem(pxe: string, server: string): Promise<{ readonly name: string; readonly sha256: string }> {
  const folder = path.join(pxe, '..', '..', 'system');
  const root = path.join(folder, 'root');
  const image = path.join(pxe, 'system.img');
  await mkdir(root, { recursive: true });
  await writeFile(path.join(root, 'init'), INIT.replace('SERVER', server), { mode: 0o755 });
  await run('sh', ['-ec', 'cd "$1" && echo ./init | busybox cpio -o -H newc > ../overlay', 'cpio', root]);
  await writeFile(
    path.join(folder, 'syslinux.cfg'),
    'serial 0\ndefault linux\nlabel linux\nkernel vmlinuz\ninitrd initrd,overlay\nappend console=ttyS0 quiet\n',
  );
  await writeFile(image, '');
  await truncate(image, SIZE);
  const offset = START * SECTOR;
  await run('mkfs.fat', ['-F', '16', '--offset', String(START), '-h', String(START), image, String((SIZE - offset) / 1024)]);
  await copyFile(path.join(pxe, 'disks/contractor.vmlinuz'), path.join(folder, 'vmlinuz'));
  await copyFile(path.join(pxe, 'disks/contractor.initrd'), path.join(folder, 'initrd'));
  const put = ['vmlinuz', 'initrd', 'overlay', 'syslinux.cfg'].map((name) => path.join(folder, name));
  await run('mcopy', ['-i', `${image}@@${offset}`, ...put, '::']);
  await run('syslinux', ['--install', '--offset', String(offset), image]);
  const octets = await readFile(image);
  (await readFile(BOOT_CODE)).copy(octets);
  // The only partition: it is booted, and a FAT whose sectors are counted.
  octets.set([0x80, 0, 0, 0, 0x0c], 446);
  octets.writeUInt32LE(START, 454);
  octets.writeUInt32LE(SIZE / SECTOR - START, 458);
  octets.set([0x55, 0xaa], 510);
  await writeFile(image, octets);
  return { name: 'system.img', sha256: createHash('sha256').update(octets).digest('hex') };
}
