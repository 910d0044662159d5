import { open } from 'node:fs/promises';

/** Where a file lies in an archive. */
export interface ArchivedFile {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** The unit of a tar archive, in bytes. */
const BLOCK = 512;
/** An OVA has a description, a manifest and some disks. */
const MAX_FILES = 1000;
/** The largest description that is read, in bytes. */
export const MAX_OVF = 16 * 2 ** 20;

/** The files in a tar archive, in their order. @throws Error where it is none */
export async function filesIn(archive: string): Promise<readonly ArchivedFile[]> {
  const handle = await open(archive);
  try {
    const files: ArchivedFile[] = [];
    for (let at = 0; files.length < MAX_FILES;) {
      const { bytesRead, buffer: header } = await handle.read(Buffer.alloc(BLOCK), 0, BLOCK, at);
      if (bytesRead < BLOCK || header.every((one) => one === 0)) return files;
      const size = sizeIn(header.subarray(124, 136));
      if (header.subarray(257, 262).toString('latin1') !== 'ustar' || !Number.isSafeInteger(size)) {
        throw new Error('it is no tar archive');
      }
      const type = String.fromCharCode(header[156] ?? 0);
      if (type === '0' || type === '\0')
        files.push({ name: textIn(header.subarray(0, 100)), offset: at + BLOCK, size });
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
    throw new Error(`it has more than ${MAX_FILES} files`);
  } finally {
    await handle.close();
  }
}

/** The text of a file in an archive. @throws Error where it is too large */
export async function textOfFile(archive: string, { name, offset, size }: ArchivedFile): Promise<string> {
  if (size > MAX_OVF) throw new Error(`${name} is larger than ${MAX_OVF} bytes`);
  const handle = await open(archive);
  try {
    const { buffer } = await handle.read(Buffer.alloc(size), 0, size, offset);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}

const textIn = (field: Buffer): string => field.toString().split('\0')[0] ?? '';

/** A size: octal digits, or a binary number where they would be too few. */
function sizeIn(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(textIn(field).trim() || '0', 8);
  return Number(BigInt(`0x${field.subarray(4).toString('hex')}`));
}
