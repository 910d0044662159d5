import { boolean, choice, integer, optional, platformContract, secret, text, withDefault } from '#platform';

/** How long an effect may be put off, in milliseconds. */
const delay_ms = integer({ min: 0, max: 3_600_000 });
/**
 * What comes of a task: `done`; `fail` or `hang` without the effect; `fail-after`, `hang-after` or a `wrong` answer with
 * it. What hangs goes on until the agent is stopped. `fail-telling` and `wrong-telling` quote the password they were given,
 * in every encoding programs use, in the failure and in a result that is none.
 */
const outcome = choice('done', 'fail', 'fail-after', 'fail-telling', 'hang', 'hang-after', 'wrong', 'wrong-telling');
/** What an observer says: what the `ledger` tells, always `not-done` or `unknown`, or nothing, because it fails. */
const observed = choice('ledger', 'not-done', 'unknown', 'fail');

const effect = {
  parameters: { name: text(), delay_ms, outcome, observed, password: optional(secret()) },
  /** How many effects of this name the ledger has now. */
  result: { effects: integer({ min: 0 }) },
};
const ordered = {
  name: text(),
  delay_ms: withDefault(delay_ms, 0),
  outcome: withDefault(outcome, 'done'),
  observed: withDefault(observed, 'ledger'),
  password: optional(secret()),
};

/**
 * A platform without an outside: machines whose operations are timers, and tasks that do on order whatever can happen
 * to a task. Every effect is a line in the ledger of the agent, with the id of its task.
 */
export const testContract = platformContract({
  name: 'test',
  tasks: {
    /** An effect that can be observed. */
    act: { repeat: 'observe', ...effect },
    /** Undoes an effect: that is an effect of its own, of the name with `undo` in front. */
    act_rollback: { repeat: 'safe', parameters: { name: text() }, result: { rollback_done: boolean() } },
    /** An effect of which nobody can tell whether it happened. */
    act_once: { repeat: 'ask', ...effect },
    /** An effect that may happen any number of times. */
    act_again: { repeat: 'safe', ...effect },
  },
  functions: {
    /** The value of each is how many effects of this name there are. */
    act: ordered,
    act_once: ordered,
    act_again: ordered,
  },
  foundationFunctions: { power_on: {}, power_off: {}, power_state: {}, wait_for_poweroff: {} },
});

export type TestContract = typeof testContract;
