import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes the number of this process into a file, over that of one that runs no more. @returns takes it away
 * @throws Error where the file is that of a process that runs, or cannot be written
 */
export function writePidFile(file: string): () => void {
  const own = `${process.pid}\n`;
  try {
    writeFileSync(file, own, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const pid = Number(readFileSync(file, 'utf8'));
    if (Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new Error(`the process ${pid} runs`, { cause: error });
    }
    writeFileSync(file, own);
  }
  return () => {
    try {
      if (readFileSync(file, 'utf8') === own) rmSync(file);
    } catch {
      // Somebody else has taken it away.
    }
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
