import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The files at these places that are wanted, in one order. */
const filesAt = (places, wanted) =>
  places
    .flatMap((place) =>
      statSync(place).isDirectory()
        ? readdirSync(place, { recursive: true }).map((name) => path.join(place, name))
        : [place],
    )
    .filter((file) => wanted(file) && statSync(file).isFile())
    .sort();

/** One hash of the names and contents of files. */
export function hashOf(places, wanted = () => true) {
  const hash = createHash('sha256');
  for (const file of filesAt(places, wanted)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Whether what was made of files with this hash is still there. */
export const isMadeOf = (hash, note, product) =>
  existsSync(product) && existsSync(note) && readFileSync(note, 'utf8') === hash;
