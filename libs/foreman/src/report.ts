import { createHash } from 'node:crypto';
import type { UnitOfWork } from '#kernel';
import { refuseAs } from '#kernel';
import { deliver, pendingCookie, untagged } from '#tscript';
import type { Outcome } from '#wire';
import { job } from './job.ts';
import type { ReconcileContext } from './reconcile.ts';
import { reconcile } from './reconcile.ts';
import { hostOf, programOf } from './run-until-blocked.ts';

const digest = (outcome: Outcome): string => createHash('sha256').update(JSON.stringify(outcome)).digest('base64url');

/**
 * Takes what an agent says about a dispatch. It counts while its cookie is the pending one; said again it is simply
 * accepted; of a dispatch that is over, or with another outcome than before, it is refused and changes nothing. A result
 * that the function cannot take (it is not that of the contract, or the function has a fault) fails the task with the
 * reason.
 * @throws Refusal `JOB_NOT_FOUND`, `INVALID_RESULT` or `BAD_COOKIE`
 */
export async function takeReport(
  work: UnitOfWork,
  report: { readonly job: number; readonly cookie: string; readonly outcome: Outcome },
  context: ReconcileContext,
): Promise<void> {
  const { job: id, cookie, outcome } = report;
  const refuse = refusals(outcome);
  const state = await work.load(job, id);
  const seal = digest(outcome);
  const before = state?.spent.find((spent) => spent.cookie === cookie);
  if (before?.outcome === seal) return;
  if (!state || state.stage === 'ended') throw refuse('JOB_NOT_FOUND', 'Job Not Found');
  if (state.dispatch?.cookie !== cookie || !state.machine) throw refuse('BAD_COOKIE', 'Bad Cookie');
  if ('error' in outcome) {
    await work.decide(job, id, { type: 'FailTask', data: { cookie, outcome: seal, message: outcome.error } });
    return;
  }
  const code = await programOf(work, state);
  const host = await hostOf(work, state, context);
  const pending = pendingCookie(state.machine) ?? '';
  const { machine, answer, message, fault } = deliver(state.machine, code, host, {
    cookie: pending,
    // What an agent says is plain data: it cannot pass for a reference to a secret.
    data: untagged(outcome.result),
    now: context.now,
  });
  if (answer !== 'Accepted') {
    const failure = fault ?? `the script cannot take the result: ${answer}`;
    await work.decide(job, id, { type: 'FailTask', data: { cookie, outcome: seal, message: failure } });
    return;
  }
  const data = { cookie, outcome: seal, machine, message: message ?? '' };
  await work.decide(job, id, { type: 'CompleteTask', data });
  // The next step, or the end of the job, is part of the same append.
  await reconcile(work, id, context);
}

function refusals(outcome: Outcome): (code: string, answer: string) => ReturnType<typeof refuseAs> {
  const wrong = 'result' in outcome ? 'Error saving job results' : 'Error setting job to error';
  return (code, answer) => {
    const known = 'result' in outcome && code === 'BAD_COOKIE' ? 'INVALID_RESULT' : code;
    return refuseAs('ForemanException', known, `${wrong}: "${answer}"`);
  };
}
