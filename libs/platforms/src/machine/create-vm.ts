import type { Json, JsonMap } from '#kernel';
import type { CallContext } from '#tscript';
import { NoRollback, ParameterError } from '#tscript';

/** A call that makes a virtual machine. */
export interface CreatingVm<Order, Id> {
  /** What the agent is sent, as it was when the call began. */
  readonly order: Order;
  /** What the platform knows it by; null: it is not there yet. */
  readonly id: Id | null;
  /** What an attempt has left behind is being cleared away. */
  readonly undoing: boolean;
}

export interface CreateOptions<Given, Order, Id, Result, Create, Rollback> {
  /** What the agent is sent. @throws ParameterError for what cannot be made */
  readonly order: (given: Given, context: CallContext) => Order;
  /** Makes the task that makes the machine. */
  readonly create: (order: Order) => Create;
  /** Makes the task that clears away what an attempt has left behind. */
  readonly rollback: (order: Order) => Rollback;
  /** What the platform knows it by, of the result. */
  readonly idOf: (result: Result) => Id;
}

/**
 * The stages of `<platform>.create`; its value is what the platform knows the machine by. A rollback clears away what there
 * is, after which the machine is made again; where it is there already, there is nothing to roll back.
 */
export const createVm = <Given, Order, Id extends string | number, Result, Create, Rollback>({
  order,
  create,
  rollback,
  idOf,
}: CreateOptions<Given, Order, Id, Result, Create, Rollback>) => ({
  setup: (given: Given, context: CallContext): CreatingVm<Order, Id> => ({
    order: order(given, context),
    id: null,
    undoing: false,
  }),
  done: ({ id }: CreatingVm<Order, Id>): boolean => id !== null,
  message: ({ undoing }: CreatingVm<Order, Id>): string =>
    undoing ? 'Waiting for what is left of the machine to be cleared away' : 'Waiting for the machine to be created',
  task: (state: CreatingVm<Order, Id>): Create | Rollback =>
    state.undoing ? rollback(state.order) : create(state.order),
  receive: {
    create: (state: CreatingVm<Order, Id>, result: Result): CreatingVm<Order, Id> => ({ ...state, id: idOf(result) }),
    create_rollback: (
      state: CreatingVm<Order, Id>,
      { rollback_done: done }: { readonly rollback_done: boolean },
    ): CreatingVm<Order, Id> => ({ ...state, undoing: !done }),
  },
  value: ({ id }: CreatingVm<Order, Id>): Id | null => id,
  rollback(state: CreatingVm<Order, Id>): CreatingVm<Order, Id> {
    if (state.id !== null) throw new NoRollback('the machine is there: there is nothing to roll back');
    return { ...state, undoing: true };
  },
});

/** What virtual machines are called: a locator that begins with a letter. */
const NAME = /^[a-zA-Z][a-zA-Z0-9.\-_]*$/;

/** The name of the machine of a foundation, which is its locator. @throws ParameterError where that is no name of one */
export function vmName(locator: string): string {
  if (NAME.test(locator)) return locator;
  throw new ParameterError('foundation', `"${locator}" is no name of a virtual machine: it begins with a letter`);
}

/** What a machine is made of, as `vm_spec` says it. */
export interface VmSize {
  readonly cpu_count: number;
  /** In MiB. */
  readonly memory_size: number;
}

const MAX_CPUS = 64;
const MIN_MEMORY = 512;
const MAX_MEMORY = 1_048_510;
const MIN_DISK = 2;
const MAX_DISK = 10_240;
const USUAL_DISK = 10;

/** The map that a script gives as `vm_spec`. @throws ParameterError where it is none */
export function vmSpec(given: Json): JsonMap {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as JsonMap;
  throw new ParameterError('vm_spec', 'must be a map');
}

/** CPUs and memory of a specification. @throws ParameterError for what is not there or too much */
export const vmSize = (spec: JsonMap): VmSize => ({
  cpu_count: wholeNumber(spec, 'cpu_count', [1, MAX_CPUS]),
  memory_size: wholeNumber(spec, 'memory_size', [MIN_MEMORY, MAX_MEMORY]),
});

/** The size of its disk in GiB; 10 where it says nothing. @throws ParameterError for one that is too small or too large */
export const diskSize = (spec: JsonMap): number =>
  wholeNumber({ disk_size: USUAL_DISK, ...spec }, 'disk_size', [MIN_DISK, MAX_DISK]);

function wholeNumber(spec: JsonMap, key: string, [min, max]: readonly [number, number]): number {
  const given = spec[key];
  if (given === undefined || given === null) throw new ParameterError(`vm_spec.${key}`, 'required');
  const text = typeof given === 'string' || typeof given === 'number' ? String(given) : JSON.stringify(given);
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new ParameterError(`vm_spec.${key}`, `must be an integer from ${min} to ${max}, and is ${text}`);
}
