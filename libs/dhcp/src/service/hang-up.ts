import { readFile } from 'node:fs/promises';

/** Has a program read its configuration again. @param pidFile the file with the number of its process @throws Error where it cannot be told */
export async function hangUp(pidFile: string): Promise<void> {
  const pid = Number((await readFile(pidFile, 'utf8')).trim());
  // Smaller ones stand for others.
  if (!Number.isSafeInteger(pid) || pid < 2) throw new Error('the file with its process holds no number of one');
  process.kill(pid, 'SIGHUP');
}
