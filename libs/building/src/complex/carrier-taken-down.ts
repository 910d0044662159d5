import type { UnitOfWork } from '#kernel';
import { structure } from '../structure/structure.ts';
import { isBuiltWithout, partIn } from './built-without.ts';
import { complex } from './complex.ts';

/**
 * What carries a foundation and is being taken down, in words: a structure that a job destroys, and without which its complex
 * is not built; undefined: nothing is.
 */
export async function carrierTakenDown(work: UnitOfWork, name: string): Promise<string | undefined> {
  const its = await work.load(complex, name);
  if (!('value' in its)) return undefined;
  const { members, host } = its.value;
  for (const id of new Set([...(host ? [host.structure] : []), ...members.map((member) => member.structure)])) {
    const found = await work.load(structure, id);
    if (!('value' in found) || found.value.job?.script !== 'destroy') continue;
    const { job, hostname } = found.value;
    if (await isBuiltWithout(its.value, { id, job }, partIn(work))) continue;
    return `job ${job.job} destroys structure ${hostname}, without which complex ${name} is not built`;
  }
  return undefined;
}
