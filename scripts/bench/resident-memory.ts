import { readFile } from 'node:fs/promises';

/** The memory a process has, in megabytes. */
export const residentMemory = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
