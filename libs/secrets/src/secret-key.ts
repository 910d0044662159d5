import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BadSetting } from '#runtime/settings';

const BYTES = 32;

/** What the text of a key has to be. */
export const KEY_RULE = `must be ${BYTES} bytes, as base64 or hexadecimal text`;

/** The key a text stands for; undefined where it does not keep to `KEY_RULE`. */
export function keyOf(text: string): Buffer | undefined {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return key.length === BYTES ? key : undefined;
}

/** A key in a file below the data directory, and the setting that may hold it instead. */
export interface KeyFile {
  readonly directory: string;
  readonly file: string;
  /** Name of the setting, for errors. */
  readonly setting: string;
}

const secretKeyFile = (directory: string): KeyFile => ({
  directory,
  file: 'secret.key',
  setting: 'CONTRACTOR_SECRET_KEY',
});

/**
 * The key in a file; undefined where there is none yet.
 * @throws BadSetting where the file cannot be read, or what it holds is no key
 */
export async function keptKey(of: KeyFile): Promise<Buffer | undefined> {
  const file = path.join(of.directory, of.file);
  try {
    return keyIn(await readFile(file, 'utf8'), file, of.setting);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    throw new BadSetting(of.setting, undefined, `${file} cannot be read: ${code}`);
  }
}

/**
 * The key in the settings, else from the file, which is made on first use, readable by its owner only.
 * @throws BadSetting where the file cannot be read, or what it holds is no key
 */
export async function keyFromFile({ set, ...of }: KeyFile & { readonly set: Buffer | undefined }): Promise<Buffer> {
  if (set !== undefined) return set;
  const kept = await keptKey(of);
  if (kept !== undefined) return kept;
  const file = path.join(of.directory, of.file);
  const key = randomBytes(BYTES);
  await mkdir(of.directory, { recursive: true });
  // It is there whole or not at all; where two servers start at once on one directory, the first one's key counts.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return keyIn(await readFile(file, 'utf8'), file, of.setting);
}

/** The key of secrets in its file; undefined where there is none yet. @throws BadSetting as `keptKey` */
export const keptSecretKey = (directory: string): Promise<Buffer | undefined> => keptKey(secretKeyFile(directory));

/**
 * The key secrets are encrypted with: the one in the settings, else from its file. Without it the secrets of a backup are
 * of no use; keep it apart from the backup.
 * @throws BadSetting as `keptKey`
 */
export const secretKey = (set: Buffer | undefined, directory: string): Promise<Buffer> =>
  keyFromFile({ ...secretKeyFile(directory), set });

function keyIn(text: string, file: string, setting: string): Buffer {
  const key = keyOf(text.trim());
  if (key === undefined) throw new BadSetting(setting, undefined, `${file}: ${KEY_RULE}`);
  return key;
}
