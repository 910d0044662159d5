import type { Condition } from '#foreman';
import { condition } from '#foreman';
import type { UnitOfWork } from '#kernel';
import { streamName } from '#kernel';
import type { View } from '#read-store';
import { foundation } from '../foundation.ts';
import { foundations } from '../foundations.ts';
import { structure } from '../structure/structure.ts';
import { structures } from '../structure/structures.ts';
import { complexesOn, isBuiltWithout, partIn, partShown } from './built-without.ts';
import { complex } from './complex.ts';
import { complexes } from './complexes.ts';

/** How many of the foundations that a complex carries are named, and watched. */
const MAX_NAMED = 10;

/** Foundations that a complex carries and that are built, or have a job: so many at most, and how many there are. */
async function machinesOn(
  view: View,
  name: string,
): Promise<{ readonly some: readonly string[]; readonly all: number }> {
  const built = await view.keys(foundations, { where: { complex: name, state: 'built' }, count: MAX_NAMED });
  const working = { complex: name, working: 'yes' };
  const atWork = await view.keys(foundations, { where: working, count: MAX_NAMED });
  const tally = await view.tally(foundations, { where: working, by: ['state'] });
  const others = tally.filter(({ values: [state] }) => state !== 'built').reduce((sum, { count }) => sum + count, 0);
  const some = [...new Set([...built.keys, ...atWork.keys].map(String))].slice(0, MAX_NAMED);
  return { some, all: built.total + others };
}

/** Whether a complex that is down without a structure still carries what is built or has a job: then the structure stays. */
export async function isInUse(work: UnitOfWork, view: View, id: number): Promise<boolean> {
  const leaving = await work.load(structure, id);
  if (!('value' in leaving)) return false;
  const { job, membership } = leaving.value;
  for (const name of await complexesOn(view, id, membership?.complex)) {
    const its = await work.load(complex, name);
    if (!('value' in its) || (await isBuiltWithout(its.value, { id, job }, partIn(work)))) continue;
    if (await carriesMachines(work, view, name)) return true;
  }
  return false;
}

async function carriesMachines(work: UnitOfWork, view: View, name: string): Promise<boolean> {
  const isMachine = async (locator: string): Promise<boolean> => {
    const found = await work.load(foundation, locator);
    return 'value' in found && found.value.complex === name && (found.value.built || found.value.job !== undefined);
  };
  // Those that the read models show first: mostly one of them is in the way. All others are looked at in the log, so that
  // none of them is taken by a job meanwhile.
  for (const locator of (await machinesOn(view, name)).some) if (await isMachine(locator)) return true;
  for (const locator of (await view.keys(foundations, { where: { complex: name } })).keys) {
    if (await isMachine(String(locator))) return true;
  }
  return false;
}

/** Why a structure may not be destroyed yet, as far as it is a part of complexes. */
export async function complexesInUse(view: View, id: number): Promise<readonly Condition[]> {
  const found: Condition[] = [];
  for (const { name, machines } of await complexesDownWithout(view, id)) {
    const { some, all } = machines;
    if (all === 0) continue;
    const more = all > some.length ? ` and ${all - some.length} more` : '';
    const text = `complex ${name} is not built without it, and carries foundations that are built or have a job: ${some.join(', ')}${more}`;
    const about = some.map((locator) => ['Building/Foundation', locator] as const);
    found.push(condition('complex-in-use', text, [['Building/Complex', name], ...about]));
  }
  return found;
}

/** The streams of what such a structure waits for: enough of what its complexes carry, and what they are made of. */
export async function streamsInUse(view: View, id: number): Promise<readonly string[]> {
  const found = await complexesDownWithout(view, id);
  return found.flatMap(({ name, row: { members, host }, machines }) => [
    streamName(complex.category, name),
    ...(host ? [streamName(structure.category, String(host.structure))] : []),
    ...members.map((member) => streamName(structure.category, String(member.structure))),
    ...machines.some.map((locator) => streamName(foundation.category, locator)),
  ]);
}

async function complexesDownWithout(view: View, id: number) {
  const leaving = await view.get(structures, id);
  const found = [];
  for (const name of await complexesOn(view, id, leaving?.membership?.complex)) {
    const row = await view.get(complexes, name);
    if (!row || (await isBuiltWithout(row, { id, job: leaving?.job }, partShown(view)))) continue;
    found.push({ name, row, machines: await machinesOn(view, name) });
  }
  return found;
}
