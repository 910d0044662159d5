import type { UnitOfWork } from '#kernel';
import { refuseAs } from '#kernel';
import { findScript } from '#blueprint';
import { compile } from '#tscript';
import { job } from './job.ts';
import type { JobTarget } from './job-target.ts';
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
}

/**
 * Decides on a job: the target is taken, the program kept, the job waits for its turn.
 * @returns the id of the job
 * @throws Refusal with the code of the first rule that forbids it
 */
export async function createJob(work: UnitOfWork, target: JobTarget, wanted: WantedJob): Promise<number> {
  const { script, creator, id } = wanted;
  const found = await target.load(work, wanted.target);
  if (!found) {
    throw refuseAs('ForemanException', 'INVALID_TARGET', `there is no ${target.kind.toLowerCase()} ${wanted.target}`);
  }
  const { site, blueprint, description } = found;
  await target.take(work, wanted.target, { job: id, script });
  work.throwIfFaulted();
  const slot = await findScript(work, blueprint, script);
  if (!slot && script !== 'create' && script !== 'destroy') {
    throw refuseAs('ForemanException', 'INVALID_SCRIPT', `blueprint "${blueprint}" has no script "${script}"`);
  }
  const note = slot ? {} : { note: `There is nothing to run: blueprint "${blueprint}" has no ${script} script` };
  const source = slot?.text ?? NOTHING;
  const compiled = compile(source);
  await work.decide(program, compiled.hash, { type: 'StoreProgram', data: { source, program: compiled } });
  await work.decide(job, id, {
    type: 'CreateJob',
    data: {
      site,
      target: { kind: target.kind, id: wanted.target },
      description,
      script,
      program: compiled.hash,
      creator,
      ...note,
    },
  });
  return id;
}
