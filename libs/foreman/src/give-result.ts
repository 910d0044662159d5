import type { JsonMap, UnitOfWork } from '#kernel';
import type { Machine } from '#tscript';
import { deliver, pendingCookie, untagged } from '#tscript';
import type { Job } from './job-messages.ts';
import type { RunContext } from './run-until-blocked.ts';
import { hostOf, programOf } from './run-until-blocked.ts';

/** A machine that has taken a result, or why it could not. */
export type Taken = { readonly machine: Machine; readonly message: string } | { readonly fault: string };

/** Gives a result to the script that waits for it. */
export async function giveResult(work: UnitOfWork, state: Job, result: JsonMap, context: RunContext): Promise<Taken> {
  if (!state.machine) return { fault: 'the script has not begun' };
  const code = await programOf(work, state);
  const host = await hostOf(work, state, context);
  const pending = pendingCookie(state.machine) ?? '';
  // What an agent says is plain data: it cannot pass for a reference to a secret.
  const report = { cookie: pending, data: untagged(result), now: context.now };
  const { machine, answer, message = '', fault } = deliver(state.machine, code, host, report);
  if (answer === 'Accepted') return { machine, message };
  return { fault: fault ?? `the script cannot take the result: ${answer}` };
}
