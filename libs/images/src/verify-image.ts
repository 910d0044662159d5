import type { Shaped } from '#api';
import { NotFound, shape } from '#api';
import type { Key, View } from '#read-store';
import type { ImageFiles } from './image-files.ts';
import { images } from './images.ts';

export const verifiedShape = shape.record({
  outcome: shape.text('`whole`, `corrupted`, `missing`, or `elsewhere`: it lies behind its URL, and is not looked at.'),
  detail: shape.text('What was found, in words.'),
  size: shape.orNull(shape.count('Bytes that were found.')),
  sha256: shape.textOrNull('What was found.'),
});

/** Reads the file of an image, and tells whether it still is what it was. @throws NotFound */
export async function verifyImage(files: ImageFiles, view: View, id: Key): Promise<Shaped<typeof verifiedShape>> {
  const row = await view.get(images, id);
  if (!row) throw new NotFound('Image', id);
  const nothing = { size: null, sha256: null };
  if (row.url !== null) return { outcome: 'elsewhere', detail: `it lies at ${row.url}`, ...nothing };
  const file = await files.find(row.sha256);
  if (!file) return { outcome: 'missing', detail: missingFile(files.folder, row.sha256), ...nothing };
  const found = await files.verify(file);
  const isWhole = found.sha256 === row.sha256 && found.size === row.size;
  return isWhole
    ? { outcome: 'whole', detail: `its SHA-256 is ${found.sha256}`, ...found }
    : {
        outcome: 'corrupted',
        detail: `${file.file} has ${found.size} bytes with the SHA-256 ${found.sha256}: remove it, and upload it again`,
        ...found,
      };
}

/** Why a file of an image is not there, in words that say what to do. */
export const missingFile = (folder: string, sha256: string): string =>
  `this server has no file ${sha256} in ${folder}: it was uploaded to a server with another folder, or lost; upload it again`;
