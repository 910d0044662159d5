/** The module `lab` that the recorded cases use: a value or a function for every way a host can behave. */
import type { ExternalFunction, Host, HostFunction, HostMember } from '../../src/host.ts';
import { toJson, toTaggedJson } from '../../src/json.ts';
import { ExecutionError, NoRollback, ParameterError, Pause, Signal, Unrecoverable } from '../../src/signals.ts';
import { textOf } from '../../src/text.ts';
import { type Value, float, numeric } from '../../src/values.ts';

/** A laboratory: the host, and what its cells hold. */
export interface HostFixture {
  readonly host: Host;
  readonly cells: () => { readonly cell: unknown; readonly sink: unknown };
}

/** A new laboratory. */
export function lab(): HostFixture {
  const held: { cell: Value; sink: Value } = { cell: 'initial', sink: null };
  const members: Record<string, HostMember> = {
    fixed: { get: () => 'fixed value' },
    items: { get: () => [10, 20, 30] },
    facts: { get: () => ({ name: 'box', size: 3 }) },
    sink: { set: (value) => void (held.sink = value) },
    cell: { get: () => held.cell, set: (value) => void (held.cell = value) },
    broken: {
      get: () => {
        throw new RangeError("'no such'");
      },
      set: () => {
        throw new RangeError('will not set');
      },
    },
  };
  const functions: Record<string, HostFunction> = {
    answer: immediate(() => 42),
    echo: immediate((parameters) => {
      if (!Object.hasOwn(parameters, 'value')) throw new ParameterError('value', 'required');
      return parameters['value'] ?? null;
    }),
    poll: poll(),
    task,
    boom: boom(),
    remapped: { ...task, module: 'otherlab' },
    plain: { kind: 'inline', call: ({ left = null, right = null }) => sum(left, right) },
    plainpause: {
      kind: 'inline',
      call: ({ msg = null }) => {
        throw new Pause(textOf(msg));
      },
    },
    needsarg: {
      kind: 'inline',
      call: (_parameters, { line }) => {
        const hint = 'possibly trying to call the function directly?';
        throw new Unrecoverable(`Handler init function failed "needsarg" on line ${line}, ${hint}`);
      },
    },
  };
  return {
    host: { module: (name) => (name === 'lab' ? { members, functions } : undefined) },
    cells: () => ({ cell: toTaggedJson(held.cell), sink: toTaggedJson(held.sink) }),
  };
}

function immediate(value: (parameters: Readonly<Record<string, Value>>) => Value): ExternalFunction {
  return {
    kind: 'external',
    setup: (parameters) => toTaggedJson(value(parameters)),
    done: () => true,
    value: (state) => state,
  };
}

function sum(left: Value, right: Value): Value {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  const [one, other] = [numeric(left), numeric(right)];
  if (one === undefined || other === undefined) throw new TypeError('cannot be added');
  return typeof left === 'object' || typeof right === 'object' ? float(one + other) : one + other;
}

interface PollState {
  readonly times: unknown;
  readonly wanted: number;
  readonly ran: number;
}

function poll(): ExternalFunction<PollState> {
  return {
    kind: 'external',
    setup: (parameters) => {
      const { times } = parameters;
      if (times === undefined) throw new RangeError("'times'");
      return { times: toTaggedJson(times), wanted: numeric(times) ?? Number.NaN, ran: 0 };
    },
    done: ({ wanted, ran }) => ran >= wanted,
    run: (state) => ({ ...state, ran: state.ran + 1 }),
    message: ({ wanted, ran }) => `polled ${ran} of ${wanted}`,
    value: ({ times }) => times,
  };
}

interface TaskState {
  readonly name: string;
  readonly sent: number;
  readonly data: { readonly state?: string; readonly value?: unknown } | null;
}

const task: ExternalFunction<TaskState> = {
  kind: 'external',
  setup: ({ name = 'task' }) => ({ name: textOf(name), sent: 0, data: null }),
  done: ({ data }) => data !== null && data.state !== 'progress',
  message: ({ name, data }) => (data === null ? `waiting for ${name}` : `${name} is ${data.state}`),
  task: (state) => {
    if (state.name === 'quiet') return null;
    if (state.name === 'badsend') throw new RangeError('will not send');
    const sent = state.sent + 1;
    return { function: 'work', parameters: { name: state.name, sent }, state: { ...state, sent } };
  },
  receive: (state, data) => {
    const received = data as NonNullable<TaskState['data']>;
    if (received.state === 'explode') throw new RangeError('exploded');
    return { ...state, data: received };
  },
  value: ({ name, data }) => {
    const failures: Readonly<Record<string, Error>> = {
      broken: new ExecutionError(`task ${name} broken`),
      fatal: new Unrecoverable(`task ${name} fatal`),
      odd: new RangeError(`task ${name} odd`),
    };
    return failures[data?.state ?? ''] ?? data?.value ?? null;
  },
  rollback: (state) => {
    if (state.name === 'norollback') throw new NoRollback();
    if (state.name === 'badrollback') throw new RangeError('will not roll back');
    return { ...state, data: null };
  },
};

interface BoomState {
  readonly at: unknown;
  readonly kind: unknown;
  readonly ran: boolean;
}

function boom(): ExternalFunction<BoomState> {
  let tried = false;
  return {
    kind: 'external',
    setup: ({ at = null, kind = null }) => {
      const first = !tried;
      tried = true;
      if (at === 'setup' && first) throw failure(kind);
      return { at: toJson(at), kind: toJson(kind), ran: at !== 'run' };
    },
    done: ({ at, kind, ran }) => {
      if (at === 'done') throw failure(kind);
      return ran;
    },
    run: (state) => {
      const thrown = failure(state.kind);
      throw thrown instanceof Signal ? thrown.keeping({ ...state, ran: true }) : thrown;
    },
    message: () => 'boom',
    value: ({ at, kind }) => {
      if (at === 'value') throw failure(kind);
      return 'boomed';
    },
  };
}

function failure(kind: unknown): Error {
  if (kind === 'pause') return new Pause('boom pause');
  if (kind === 'error') return new ExecutionError('boom error');
  return kind === 'fatal' ? new Unrecoverable('boom fatal') : new RangeError('boom python');
}
