import type { JsonMap, UnitOfWork } from '#kernel';
import { IntegralFloat, maskTexts, refuseAs } from '#kernel';
import type { Machine } from '#tscript';
import type { Outcome } from '#wire';
import type { Job, TaskOrder, ToldOfTask } from './job-messages.ts';
import { giveResult } from './give-result.ts';
import { job } from './job.ts';
import { outcomeDigest } from './outcome-digest.ts';
import type { ReconcileContext } from './reconcile.ts';
import { reconcile, taskName } from './reconcile.ts';
import { failTask } from './retry-policy.ts';
import type { SaidOfTask } from './settle-task.ts';
import { settleTask } from './settle-task.ts';

/**
 * Takes what an agent says about a dispatch. It counts while its cookie is the pending one; said again it is simply
 * accepted, also where another agent has said it since its lease ran out; of a dispatch that is over or in the hands of
 * another user, or with another outcome than counts, it is refused and changes nothing. A result
 * that the function cannot take (it is not that of the contract, or the function has a fault) fails the task with the
 * reason.
 * @throws Refusal `JOB_NOT_FOUND`, `INVALID_RESULT` or `BAD_COOKIE`
 */
export async function takeReport(
  work: UnitOfWork,
  report: {
    readonly job: number;
    readonly cookie: string;
    readonly outcome: Outcome;
    readonly user?: string | undefined;
  },
  context: ReconcileContext,
): Promise<void> {
  const { job: id, cookie, outcome: said } = report;
  const refuse = refusals(said);
  const state = await work.load(job, id);
  const seal = outcomeDigest(said);
  const known = [...(state?.spent ?? []), ...(state?.replaced ?? [])];
  if (known.some((one) => one.cookie === cookie && one.outcome === seal)) return;
  if (!state || state.stage === 'ended') throw refuse('JOB_NOT_FOUND', 'Job Not Found');
  // The agent that was taken to be lost knows best what became of its task, as long as nobody else has said so.
  const lost = state.stage === 'error' && state.lost?.cookie === cookie ? state.lost : undefined;
  if ((state.dispatch?.cookie !== cookie && !lost) || !state.machine) throw refuse('BAD_COOKIE', 'Bad Cookie');
  // The task of an agent that polls is another user's, and that of an agent on the wire is nobody's who polls.
  const holder = lost ? lost.user : state.dispatch?.holder?.user;
  if (report.user !== undefined && holder !== report.user) throw refuse('BAD_COOKIE', 'Bad Cookie');
  const outcome = await withoutSecrets(said, state.order, context);
  if (lost) return takeLateReport(work, id, { state, cookie, seal, outcome }, context);
  // Where the script goes on at once, its machine is stored with what comes of that.
  const goesOn = state.stage === 'queued';
  let begun: Machine | undefined;
  if (state.observing && state.order)
    begun = await takeObservation(
      work,
      id,
      { state, order: state.order, cookie, seal, said, outcome, goesOn },
      context,
    );
  else if ('error' in outcome) {
    return failTask(work, id, { cookie, outcome: seal, message: outcome.error }, context);
  } else {
    const taken = await giveResult(work, state, outcome.result, context);
    if ('fault' in taken) {
      await work.decide(job, id, { type: 'FailTask', data: { cookie, outcome: seal, message: taken.fault } });
      return;
    }
    begun = taken.machine;
    const { message } = taken;
    const data = { cookie, outcome: seal, message, ...(goesOn ? {} : { machine: begun }) };
    await work.decide(job, id, { type: 'CompleteTask', data });
  }
  // The next step, or the end of the job, is part of the same append.
  await reconcile(work, id, context, begun);
}

/** What an agent says shows no secret that its task was given: it goes into the log. */
async function withoutSecrets(
  said: Outcome,
  order: TaskOrder | undefined,
  context: ReconcileContext,
): Promise<Outcome> {
  if (!order) return said;
  const { texts } = await context.resolveSecrets(order.parameters);
  return maskTexts(said, texts);
}

/** What the agent that was lost reports after all. A result that cannot be taken fails the task, as at any other time. */
async function takeLateReport(
  work: UnitOfWork,
  id: number,
  { state, cookie, seal, outcome }: Pick<ToldOf, 'state' | 'cookie' | 'seal' | 'outcome'>,
  context: ReconcileContext,
): Promise<void> {
  const settle = (said: SaidOfTask) => settleTask(work, id, said, context, { cookie, outcome: seal });
  if ('error' in outcome) return settle({ answer: 'failed', message: outcome.error });
  const taken = await giveResult(work, state, outcome.result, context);
  if ('fault' in taken) return settle({ answer: 'failed', message: taken.fault });
  return settle({ answer: 'done', result: outcome.result });
}

interface ToldOf {
  readonly state: Job;
  readonly order: TaskOrder;
  readonly cookie: string;
  readonly seal: string;
  /** The outcome as it was reported. */
  readonly said: Outcome;
  /** The same without secrets. */
  readonly outcome: Outcome;
  readonly goesOn: boolean;
}

/**
 * Takes what an agent tells of a task whose agent was lost: it was done, it is to be done, or nobody knows.
 * @returns the machine that has taken the result, where it was done
 */
async function takeObservation(
  work: UnitOfWork,
  id: number,
  told: ToldOf,
  context: ReconcileContext,
): Promise<Machine | undefined> {
  const { order, cookie, seal, said, outcome, state, goesOn } = told;
  const name = taskName(order);
  const direct = directly(said);
  const tell = (data: Omit<ToldOfTask, 'cookie' | 'outcome'> & { readonly machine?: Machine }) =>
    work.decide(job, id, {
      type: 'TellOfTask',
      data: { cookie, outcome: seal, ...(direct ? { direct: outcomeDigest(direct) } : {}), ...data },
    });
  const unknown = async (reason: string): Promise<undefined> => {
    const message = `Nobody knows what became of ${name}: ${reason}. Look, then reset the job to do it again`;
    await tell({ state: 'unknown', message });
  };
  if ('error' in outcome) return unknown(outcome.error);
  const { result } = outcome;
  if (result['state'] === 'not-done') {
    await tell({ state: 'not-done', message: `${name} was not done` });
    return undefined;
  }
  if (result['state'] === 'failed') {
    await tell({ state: 'failed', message: textIn(result['reason']) ?? 'the agent does not tell why' });
    return undefined;
  }
  if (result['state'] !== 'done') return unknown(textIn(result['reason']) ?? 'the agent does not tell');
  const taken = await giveResult(work, state, isMap(result['result']) ? result['result'] : {}, context);
  if ('fault' in taken) return unknown(`it was done, but ${taken.fault}`);
  const { machine, message } = taken;
  await tell({ state: 'done', message, ...(goesOn ? {} : { machine }) });
  return machine;
}

/** What was told of a task in the words of an agent that has done it itself, where it was done or has failed. */
function directly(told: Outcome): Outcome | undefined {
  if (!('result' in told)) return undefined;
  const { state, result, reason } = told.result;
  if (state === 'done') return { result: isMap(result) ? result : {} };
  return state === 'failed' && typeof reason === 'string' ? { error: reason } : undefined;
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

function refusals(outcome: Outcome): (code: string, answer: string) => ReturnType<typeof refuseAs> {
  const wrong = 'result' in outcome ? 'Error saving job results' : 'Error setting job to error';
  return (code, answer) => {
    const known = 'result' in outcome && code === 'BAD_COOKIE' ? 'INVALID_RESULT' : code;
    return refuseAs('ForemanException', known, `${wrong}: "${answer}"`);
  };
}
