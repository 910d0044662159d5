import { createHash } from 'node:crypto';
import { integer, reference } from '#api';
import type { ServerValues } from '#platform';
import { serverSide } from '#platform/server';
import type { CallContext } from '#tscript';
import { ExecutionError, textOf, Unrecoverable } from '#tscript';
import { testContract, type TestContract } from './contract.ts';

const { task, functions, foundationFunctions, half } = serverSide(testContract);

type Order = ServerValues<TestContract['tasks']['act']['parameters']>;
interface Acting {
  readonly order: Order;
  readonly effects: number | null;
  /** It is to be undone before it is done again. */
  readonly undoing?: true;
}

const stages = {
  setup: ({ password, ...rest }: Order): Acting => ({
    order: { ...rest, ...(password === undefined ? {} : { password }) },
    effects: null,
  }),
  done: ({ effects }: Acting) => effects !== null,
  message: ({ order, undoing }: Acting) => `Waiting for "${order.name}"${undoing ? ' to be undone' : ''}`,
  value: ({ effects }: Acting) => effects,
};
const take = (state: Acting, { effects }: { readonly effects: number }): Acting => ({ ...state, effects });

const act = functions.external('act', {
  ...stages,
  task: ({ order, undoing }) => (undoing ? task('act_rollback', { name: order.name }) : task('act', order)),
  receive: {
    act: take,
    act_rollback: ({ order, effects }, { rollback_done: done }) => ({
      order,
      effects,
      ...(done ? {} : { undoing: true as const }),
    }),
  },
  rollback: ({ order }): Acting => ({ order, effects: null, undoing: true }),
});
const actOnce = functions.external('act_once', {
  ...stages,
  task: ({ order }) => task('act_once', order),
  receive: { act_once: take },
});
const actAgain = functions.external('act_again', {
  ...stages,
  task: ({ order }) => task('act_again', order),
  receive: { act_again: take },
});

interface Timer {
  readonly locator: string;
  /** When it is over, milliseconds since 1970. */
  readonly endAt: number;
  /** Failures per 1000 passes. */
  readonly likelihood: number;
}

/** Usual length of each operation, in seconds. */
const USUAL_S = { power_on: 15, power_off: 5, power_state: 5, wait_for_poweroff: 30 } as const;
type Operation = keyof typeof USUAL_S;

/** How long operations of a machine may take besides the usual time, in seconds, and how likely they fail. */
type Settings = (read: CallContext['read']) => { readonly likelihood: number; readonly variance: number };

/** What its fields say. */
const ownSettings: Settings = (read) => ({
  likelihood: numberOf(read('foundation', 'test_fail_likelihood')),
  variance: numberOf(read('foundation', 'test_delay_variance')),
});
/** Machines that are carried by a complex have no such fields: what the others have unless said otherwise. */
const usualSettings: Settings = () => ({ likelihood: 0, variance: 30 });

/** An operation of a machine that is none: a timer that may fail at every pass. */
const timer = <N extends Operation>(operation: N, settings: Settings) =>
  foundationFunctions.external(operation, {
    setup(_, { now, read }): Timer {
      const locator = textOf(read('foundation', 'locator'));
      const { likelihood, variance } = settings(read);
      const seconds = triangular(USUAL_S[operation], variance, draw(`${operation} ${locator} ${now}`));
      return { locator, endAt: now + 1000 * seconds, likelihood };
    },
    done: ({ endAt }, { now }) => now >= endAt,
    message: ({ endAt }, { now }) => `${operation}: ${Math.max(0, Math.ceil((endAt - now) / 1000))} more seconds`,
    wakeAt: ({ endAt }) => endAt,
    run(state, context) {
      failSometimes(operation, state, context);
      return state;
    },
    value: () => 'unknown',
  });

/** Fails with the given likelihood; above 9 some of the failures end the job for good. */
function failSometimes(operation: Operation, { locator, likelihood }: Timer, { now }: CallContext): void {
  const seed = `${operation} ${locator} ${now}`;
  if (Math.floor(1000 * draw(`${seed} fails`)) >= likelihood) return;
  const severity = 1 + Math.floor(99 * draw(`${seed} severity`));
  if (severity <= likelihood / 10) throw new Unrecoverable(`${operation} of ${locator} failed for good`);
  throw new ExecutionError(`${operation} of ${locator} failed`);
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** A number from 0 up to 1 that only the seed decides: a pass that is run again goes as it went. */
function draw(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;
}

/** Whole seconds within the variance around the usual ones, these being the most likely; may be negative. */
export function triangular(usual: number, variance: number, uniform: number): number {
  if (variance === 0) return usual;
  const offset = uniform < 0.5 ? Math.sqrt(2 * uniform) - 1 : 1 - Math.sqrt(2 * (1 - uniform));
  return Math.trunc(usual + variance * offset);
}

/** What can be done with its machines. */
const timers = (settings: Settings) => ({
  power_on: timer('power_on', settings),
  power_off: timer('power_off', settings),
  power_state: timer('power_state', settings),
  wait_for_poweroff: timer('wait_for_poweroff', settings),
});

/** A platform without an outside, for everybody's tests and for trying things out. */
export const test = half({
  functions: { act, act_once: actOnce, act_again: actAgain },
  foundationTypes: [
    {
      type: 'Test',
      model: 'Test/TestFoundation',
      doc: 'A machine that is none: its operations are timers, which can be told to fail.',
      classes: ['Metal', 'VM', 'Container', 'Switch', 'Manual', 'Test'],
      locates: 'by-itself',
      fields: {
        test_delay_variance: integer({ default: 30, doc: 'In Seconds' }),
        test_fail_likelihood: integer({
          default: 0,
          doc: 'likelihood of failure per 1000, per run pass; above 9 unrecoverable failures may occur; 0 = disabled',
        }),
      },
      functions: timers(ownSettings),
    },
    {
      type: 'TestComplex',
      model: 'Test/TestComplexedFoundation',
      doc: 'A machine that is none, carried by a complex.',
      classes: ['TestComplex'],
      locates: 'with-complex',
      complexField: 'complex_host',
      attributes: ({ complex_host: host }) => ({ _complex_host: host ?? null }),
      fields: { complex_host: reference('Test/TestComplex', { required: true }) },
      functions: timers(usualSettings),
    },
  ],
  complexTypes: [
    {
      type: 'Test',
      model: 'Test/TestComplex',
      doc: 'A complex that is none: what it carries are timers.',
      fields: {},
      carries: { type: 'TestComplex', blueprint: 'test-foundation-base' },
    },
  ],
});
