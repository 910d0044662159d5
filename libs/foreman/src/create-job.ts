import { LRUCache } from 'lru-cache';
import type { UnitOfWork } from '#kernel';
import { refuseAs } from '#kernel';
import { findScript } from '#blueprint';
import type { Program } from '#tscript';
import { compile } from '#tscript';
import { holdsFor } from './holds/matching-holds.ts';
import { job } from './job.ts';
import type { JobTarget } from './job-target.ts';
import { releaseTarget } from './job-target.ts';
import { program } from './program.ts';

/** The script of a job whose blueprint has none for it: nothing is to be done. */
const NOTHING = '# nothing to do\n';

/** A job that is wanted. */
export interface WantedJob {
  /** Id of its target. */
  readonly target: string;
  /** `create`, `destroy` or the name of a utility script. */
  readonly script: string;
  readonly creator: string;
  /** Its own id. */
  readonly id: number;
  /** When it is made, ISO 8601. */
  readonly now: string;
}

/**
 * Decides on a job: the target is taken, the program kept, the job waits for its turn, and for those who asked to be heard
 * before it begins.
 * @returns the id of the job; null where its target has nothing to run: it is in the new state then
 * @throws Refusal with the code of the first rule that forbids it
 */
export async function createJob(work: UnitOfWork, target: JobTarget, wanted: WantedJob): Promise<number | null> {
  const { script, creator, id, now } = wanted;
  const found = await target.load(work, wanted.target);
  if (!found) {
    throw refuseAs('ForemanException', 'INVALID_TARGET', `there is no ${target.kind.toLowerCase()} ${wanted.target}`);
  }
  const { site, blueprint, description, slots } = found;
  await target.take(work, wanted.target, { job: id, script });
  work.throwIfFaulted();
  const of = { kind: target.kind, id: wanted.target };
  // What stands on a target has to be gone before that is destroyed, by a job of its own that is held.
  const carries = () => (script === 'destroy' ? undefined : target.carries?.(work, wanted.target));
  const holds = await holdsFor(work, { id, target: of, script, found, carries, now });
  const inSlot = slots && isLifeCycle(script) ? slots[script] : script;
  const needed = script === 'destroy' && (await target.isNeeded?.(work, wanted.target)) === true;
  if (inSlot === null && holds.length === 0 && !needed) {
    await applyAtOnce(work, target, wanted);
    return null;
  }
  const slot = inSlot === null ? undefined : await findScript(work, blueprint, inSlot);
  if (!slot && !isLifeCycle(script)) {
    throw refuseAs('ForemanException', 'INVALID_SCRIPT', `blueprint "${blueprint}" has no script "${script}"`);
  }
  await target.checkConfig?.(work, wanted.target, script);
  const source = slot?.text ?? NOTHING;
  const compiled = compiledOf(source);
  const needs = target.needsOf?.(readsOf(compiled)) ?? [];
  const note = slot
    ? {}
    : { note: `There is nothing to run: blueprint "${blueprint}" has no ${inSlot ?? script} script` };
  await work.decide(program, compiled.hash, { type: 'StoreProgram', data: { source, program: compiled } });
  await work.decide(job, id, {
    type: 'CreateJob',
    data: {
      site,
      target: of,
      description,
      script,
      program: compiled.hash,
      creator,
      ...(needs.length > 0 ? { needs } : {}),
      ...note,
    },
  });
  if (holds.length > 0) await work.decide(job, id, { type: 'HoldJob', data: { holds } });
  return id;
}

/** Programs by their source: most jobs run what others have run before. */
const compiledSources = new LRUCache<string, Program>({
  max: 500,
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (_, source) => source.length + 1,
});

function compiledOf(source: string): Program {
  const known = compiledSources.get(source);
  if (known) return known;
  const compiled = compile(source);
  compiledSources.set(source, compiled);
  return compiled;
}

/** The values of modules that a program reads. */
const readsOf = ({ code }: Program): ReadonlySet<string> =>
  new Set(code.flatMap(([name, module, member]) => (name === 'get' || name === 'item' ? [`${module}.${member}`] : [])));

const isLifeCycle = (script: string): script is 'create' | 'destroy' => script === 'create' || script === 'destroy';

/** Brings a target into the state that a job with nothing to run would leave it in. @throws Refusal where it may not be */
async function applyAtOnce(work: UnitOfWork, target: JobTarget, { target: id, script, id: job }: WantedJob) {
  const refusal = script === 'create' ? await target.finish(work, id, job) : await target.destroy(work, id, job);
  if (refusal) throw refusal;
  await releaseTarget(work, target, id, job);
}
