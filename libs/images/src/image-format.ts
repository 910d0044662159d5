import type { ImageFormat } from './image.ts';

/** How many bytes of a file tell what it is. */
export const HEAD_LENGTH = 8;

const COMPRESSED: readonly (readonly [format: ImageFormat, magic: string])[] = [
  ['raw.gz', '1f8b08'],
  ['raw.zst', '28b52ffd'],
];

/** What is no image here, and how it becomes one. */
const OTHERS: readonly (readonly [magic: string, called: string, instead: string])[] = [
  ['514649fb', 'a qcow2 image', 'qemu-img convert -O raw'],
  ['4b444d56', 'a VMDK image', 'qemu-img convert -O raw'],
  ['7668647866696c65', 'a VHDX image', 'qemu-img convert -O raw'],
  ['fd377a585a00', 'compressed by xz', 'xz -d, then zstd'],
  ['425a68', 'compressed by bzip2', 'bzip2 -d, then zstd'],
];

/** A file is of a kind that is not taken. */
export class WrongFormat extends Error {}

/** The format of an image, by its first bytes. @throws WrongFormat that says how to make one of it */
export function formatOf(head: Buffer): ImageFormat {
  const text = head.toString('hex');
  for (const [magic, called, instead] of OTHERS) {
    if (text.startsWith(magic)) throw new WrongFormat(`it is ${called}: images are raw disks, make one by ${instead}`);
  }
  return COMPRESSED.find(([, magic]) => text.startsWith(magic))?.[0] ?? 'raw';
}
