import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentHalf, AgentParametersOf, Observation, ResultOf, TaskContext } from '#platform';
import { testContract, type TestContract } from './contract.ts';
import type { EffectLedger } from './effect-ledger.ts';

type Order = AgentParametersOf<TestContract, 'act'>;
type Result = ResultOf<TestContract, 'act'>;

/** The agent half of test: it does what it is told, and writes every effect into the ledger. */
export function test(ledger: EffectLedger): AgentHalf<TestContract> {
  const count = async (name: string): Promise<Result> => {
    const effects = await ledger.effects();
    return { effects: effects.filter((effect) => effect.name === name).length };
  };

  const act = async ({ name, delay_ms, outcome, password }: Order, { task, signal }: TaskContext): Promise<Result> => {
    await sleep(delay_ms, undefined, { signal });
    if (outcome === 'fail') throw new Error(`"${name}" fails, as it was told to`);
    if (outcome === 'fail-telling') throw new Error(`"${name}" fails with ${quoted(password)}`);
    if (outcome === 'hang') await untilAborted(signal);
    await ledger.append({
      task,
      name,
      at: new Date().toISOString(),
      ...(password ? { password: createHash('sha256').update(password.reveal()).digest('hex') } : {}),
    });
    if (outcome === 'fail-after') throw new Error(`"${name}" fails after it was done, as it was told to`);
    if (outcome === 'hang-after') await untilAborted(signal);
    // What the type forbids: an answer that is not the contract's.
    if (outcome === 'wrong') return { effects: 'many' } as never;
    if (outcome === 'wrong-telling') return { effects: quoted(password), [quoted(password)]: 1 } as never;
    return count(name);
  };

  const undo = async ({ name }: { readonly name: string }, { task }: TaskContext) => {
    await ledger.append({ task, name: `undo ${name}`, at: new Date().toISOString() });
    return { rollback_done: true };
  };

  return {
    contract: testContract,
    tasks: { act, act_once: act, act_again: act, act_rollback: undo },
    observe: {
      async act({ name, observed }, { task }): Promise<Observation<Result>> {
        if (observed === 'fail') throw new Error(`"${name}" cannot be observed, as it was told`);
        if (observed === 'unknown') return { state: 'unknown', reason: `"${name}" does not tell, as it was told` };
        const effects = await ledger.effects();
        const happened = observed === 'ledger' && effects.some((effect) => effect.task === task);
        return happened ? { state: 'done', result: await count(name) } : { state: 'not-done' };
      },
    },
  };
}

/** A password as programs that fail quote it. */
function quoted(password: Order['password']): string {
  const text = password?.reveal() ?? '';
  const base64 = (plain: string): string => Buffer.from(plain).toString('base64');
  return [
    text,
    JSON.stringify({ login: text }),
    `https://root:${encodeURIComponent(text)}@host/`,
    new URLSearchParams({ text }).toString(),
    base64(text),
    `Basic ${base64(`root:${text}`)}`,
  ].join(' ');
}

/** @throws when the signal aborts, and never returns otherwise */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
