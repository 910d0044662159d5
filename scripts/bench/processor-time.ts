import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks of Linux per second. */
const TICKS = 100;

/** The fields of /proc/<pid>/stat behind the name of the program; undefined: there is no such process any more. */
async function fieldsOf(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(') ') + 2).split(' ');
}

const PARENT = 1;
const OWN = [11, 12];
const WITH_ENDED_CHILDREN = [11, 12, 13, 14];

const seconds = (fields: readonly string[] | undefined, which: readonly number[]): number =>
  which.reduce((sum, n) => sum + Number(fields?.[n] ?? 0), 0) / TICKS;

/** Processor time a process has had, in seconds. */
export const processorTime = async (pid: number): Promise<number> => seconds(await fieldsOf(pid), OWN);

/** Processor time a process and its children have had, also those that have ended, in seconds. */
export async function familyProcessorTime(pid: number): Promise<number> {
  let sum = seconds(await fieldsOf(pid), WITH_ENDED_CHILDREN);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = await fieldsOf(Number(name));
    if (Number(fields?.[PARENT]) === pid) sum += seconds(fields, OWN);
  }
  return sum;
}
