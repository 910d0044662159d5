import { readFile, rename, writeFile } from 'node:fs/promises';

/** Writes a file so that whoever reads it sees the former or the new one, whole. */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const made = `${file}.new`;
  await writeFile(made, text, { mode });
  await rename(made, file);
}

/** The same where the file says something else; everybody may read it unless said otherwise. @returns whether it did */
export async function replaceChanged(file: string, text: string, mode = 0o644): Promise<boolean> {
  if (text === (await readFile(file, 'utf8').catch(() => undefined))) return false;
  await replaceFile(file, text, mode);
  return true;
}
