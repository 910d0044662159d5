import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const BYTES = 32;

/**
 * The key secrets are encrypted with: from the environment, else from a file below the data directory, which is made on
 * first use, readable by its owner only. Without it the secrets of a backup are of no use; keep it apart from the backup.
 * @param text 32 bytes as base64 or hexadecimal text
 * @throws Error where the key is not 32 bytes
 */
export async function secretKey(text: string | undefined, directory: string): Promise<Buffer> {
  if (text !== undefined) return decoded(text, 'CONTRACTOR_SECRET_KEY');
  const file = path.join(directory, 'secret.key');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept !== undefined) return decoded(kept.trim(), file);
  const key = randomBytes(BYTES);
  await mkdir(directory, { recursive: true });
  // It is there whole or not at all; where two servers start at once on one directory, the first one's key counts.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return decoded((await readFile(file, 'utf8')).trim(), file);
}

function decoded(text: string, where: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== BYTES) throw new Error(`${where}: must be ${BYTES} bytes, as base64 or hexadecimal text`);
  return key;
}
