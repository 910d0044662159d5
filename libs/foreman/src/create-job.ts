import type { UnitOfWork } from '#kernel';
import { refuseAs } from '#kernel';
import { findScript } from '#blueprint';
import { foundation } from '#building';
import { compile } from '#tscript';
import { job } from './job.ts';
import { program } from './program.ts';

/** The script of a job whose blueprint has none for it: nothing is to be done. */
const NOTHING = '# nothing to do\n';

/**
 * Decides on a job for a foundation: the foundation is taken, the program kept, the job waits for its turn.
 * @param script `create`, `destroy` or the name of a utility script
 * @returns the id of the job
 * @throws Refusal with the code of the first rule that forbids it
 */
export async function createFoundationJob(
  work: UnitOfWork,
  options: { readonly locator: string; readonly script: string; readonly creator: string; readonly id: number },
): Promise<number> {
  const { locator, script, creator, id } = options;
  const target = await work.load(foundation, locator);
  if (target.stage !== 'active')
    throw refuseAs('ForemanException', 'INVALID_TARGET', `there is no foundation ${locator}`);
  await work.decide(foundation, locator, { type: 'TakeFoundation', data: { job: id, script } });
  work.throwIfFaulted();
  const found = await findScript(work, target.value.blueprint, script);
  if (!found && script !== 'create' && script !== 'destroy') {
    throw refuseAs(
      'ForemanException',
      'INVALID_SCRIPT',
      `blueprint "${target.value.blueprint}" has no script "${script}"`,
    );
  }
  const source = found?.text ?? NOTHING;
  const compiled = compile(source);
  await work.decide(program, compiled.hash, { type: 'StoreProgram', data: { source, program: compiled } });
  await work.decide(job, id, {
    type: 'CreateJob',
    data: {
      site: target.value.site,
      target: { kind: 'Foundation', id: locator },
      description: locator,
      script,
      program: compiled.hash,
      creator,
    },
  });
  return id;
}
