import type { JsonMap, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { clearDispatched } from '#tscript';
import type { FinishedDispatch } from './job-messages.ts';
import { giveResult } from './give-result.ts';
import { job } from './job.ts';
import { outcomeDigest } from './outcome-digest.ts';
import type { ReconcileContext } from './reconcile.ts';
import { reconcile } from './reconcile.ts';

/** What became of a task, as whoever knows it says. */
export type SaidOfTask =
  /** It had its effect; the result is what its agent would have reported. */
  | { readonly answer: 'done'; readonly result: JsonMap }
  /** It has failed: its job stays in error. */
  | { readonly answer: 'failed'; readonly message: string }
  /** It had no effect, or may have it twice: it is to be done again. */
  | { readonly answer: 'again' };

/** What its agent would have said in the place of whoever says it. */
const digestOf = (said: SaidOfTask): string =>
  said.answer === 'again'
    ? said.answer
    : outcomeDigest(said.answer === 'done' ? { result: said.result } : { error: said.message });

/**
 * Takes what somebody says about the task of a job of which nobody knew what became of it; the script goes on in the same
 * append where it was done, or is to be done again.
 * @param dispatch that of the agent which was lost, where it is the one who says it
 * @throws Refusal `NOT_LOST` where nobody has to be told; `INVALID_RESULT` where the result is not that of the contract
 */
export async function settleTask(
  work: UnitOfWork,
  id: number,
  said: SaidOfTask,
  context: ReconcileContext,
  dispatch: FinishedDispatch = { cookie: context.newCookie(), outcome: digestOf(said) },
): Promise<void> {
  const state = await work.load(job, id);
  const settle = (data: { readonly message: string; readonly machine?: NonNullable<typeof state>['machine'] }) => {
    const { machine, message } = data;
    const rest = machine ? { machine, message } : { message };
    return work.decide(job, id, { type: 'SettleTask', data: { answer: said.answer, ...dispatch, ...rest } });
  };
  if (!state?.lost || !state.machine || said.answer === 'failed') {
    await settle({ message: said.answer === 'failed' ? said.message : '' });
    return;
  }
  if (said.answer === 'again') {
    if (await settle({ message: 'It is done again', machine: clearDispatched(state.machine) })) {
      await reconcile(work, id, context);
    }
    return;
  }
  const taken = await giveResult(work, state, said.result, context);
  if ('fault' in taken) throw refuse('result', 'INVALID_RESULT', taken.fault);
  if (await settle({ message: taken.message })) await reconcile(work, id, context, taken.machine);
}
