import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** The directory of the user's configuration of this program: `~/.config/contractor`. */
export function configDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const config = environment['XDG_CONFIG_HOME'] || path.join(environment['HOME'] || os.homedir(), '.config');
  return path.join(config, 'contractor');
}

/** What a JSON file of it holds; `empty` where it is not there. @throws Error where it cannot be read; `remedy` tells what to do */
export async function readConfig<T>(file: string, empty: T, remedy: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return empty;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`${file} cannot be read; ${remedy}`);
  }
}

/** Writes a text only its owner can read, beside the file and then into its place: it is never half there, nor open to others. */
export async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, text, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}
