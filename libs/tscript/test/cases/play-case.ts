import { stack } from '../../src/frames.ts';
import { fromJson } from '../../src/json.ts';
import { type Machine, begin, line, variables } from '../../src/machine.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { Program } from '../../src/program.ts';
import { clearDispatched, deliver, dispatch, jumpTo, rollback } from '../../src/protocol.ts';
import { run } from '../../src/run.ts';
import { status } from '../../src/status.ts';
import type { Case, CaseRaise, CaseStep } from './case.ts';
import { encoded, encodedFloat } from './encoding.ts';
import { type HostFixture, lab } from './host-fixture.ts';

/** What is seen after a step, in the form of the recordings. */
export interface Seen {
  readonly returns?: unknown;
  readonly raises?: Omit<CaseRaise, 'message_match'>;
  readonly state: string;
  readonly line: number | null;
  readonly variables: unknown;
  readonly status: unknown;
  readonly stack: unknown;
  readonly cookie_changed: boolean;
}

/** What is seen of a whole case. */
export interface Played {
  readonly steps: readonly Seen[];
  readonly cells: unknown;
}

/** How a case is played: `every` stores the machine and goes on after so many instructions. */
export interface Manner {
  readonly every?: number;
}

interface Playing {
  readonly program: Program;
  readonly lab: HostFixture;
  readonly manner: Manner;
  readonly cookies: string[];
  machine: Machine;
  now: number;
  made: number;
}

/** Plays the steps of a case; the machine goes through its stored form after each. */
export function playCase(row: Case, program: Program, manner: Manner = {}): Played {
  const given = Object.entries(row.variables ?? {}).map(([name, json]) => [name, fromJson(json)]);
  const machine = begin(program, Object.fromEntries(given));
  const playing: Playing = { program, lab: lab(), manner, cookies: [], machine, now: 0, made: 0 };
  const steps = (row.steps ?? []).map((step) => play(playing, step));
  return { steps, cells: playing.lab.cells() };
}

function play(playing: Playing, step: CaseStep): Seen {
  const { cookie } = playing.machine;
  const result = operations[step.op](playing, step);
  store(playing);
  const { machine, program, now } = playing;
  return {
    ...result,
    state: machine.state === 'new' ? 'not-started' : machine.state,
    line: line(machine),
    variables: Object.fromEntries(Object.entries(variables(machine)).map(([name, value]) => [name, encoded(value)])),
    status: status(machine, program, now).map(([percent, ...more]) => [encodedFloat(percent), ...more]),
    stack: stack(machine, program),
    cookie_changed: machine.cookie !== cookie,
  };
}

/** Takes the machine through its stored form. */
function store(playing: Playing): void {
  playing.machine = JSON.parse(JSON.stringify(playing.machine)) as Machine;
  const { cookie } = playing.machine;
  if (cookie !== null && !playing.cookies.includes(cookie)) playing.cookies.push(cookie);
}

type Result = Pick<Seen, 'returns' | 'raises'>;

const operations: Readonly<Record<CaseStep['op'], (playing: Playing, step: CaseStep) => Result>> = {
  run: (playing, { ttl }) => runResult(playing, ttl),
  advance: (playing, { seconds = 0 }) => {
    playing.now += seconds * 1000;
    return {};
  },
  dispatch: (playing, { modules = [] }) => {
    const { machine, program, now } = playing;
    const sent = dispatch(machine, program, playing.lab.host, { now, modules });
    playing.machine = sent.machine;
    if (sent.task === null) return { returns: null };
    const { parameters, cookie, ...task } = sent.task;
    return { returns: { ...task, paramaters: parameters, cookie: `$cookie:${playing.cookies.indexOf(cookie) + 1}` } };
  },
  result: (playing, { cookie = null, data }) => {
    const { machine, program, now } = playing;
    const known = /^\$cookie:(\d+)$/.exec(cookie ?? '');
    const shown = known === null ? cookie : (playing.cookies[Number(known[1]) - 1] ?? null);
    const delivered = deliver(machine, program, playing.lab.host, { cookie: shown, data, now });
    playing.machine = delivered.machine;
    return { returns: [delivered.answer, delivered.message ?? null] };
  },
  clearDispatched: (playing) => {
    playing.machine = clearDispatched(playing.machine);
    return { returns: null };
  },
  rollback: (playing) => {
    const { machine, program, now } = playing;
    const rolled = rollback(machine, program, playing.lab.host, { now, newCookie: () => newCookie(playing) });
    playing.machine = rolled.machine;
    return { returns: rolled.answer };
  },
  goto: (playing, { label = '' }) => {
    const jumped = jumpTo(playing.machine, playing.program, label);
    playing.machine = jumped.machine;
    if (jumped.answer === 'Not Defined')
      return { raises: { kind: 'NotDefinedError', message: `Not Defined "${label}"` } };
    return { returns: null };
  },
};

function newCookie(playing: Playing): string {
  playing.made += 1;
  return `cookie-${playing.made}`;
}

/** Instructions after which a script that never stops is given up. */
const total = 200_000;

function runResult(playing: Playing, ttl: number | undefined): Result {
  const { state } = playing.machine;
  if (state === 'done' || state === 'aborted') return { returns: state };
  const { program, lab: laboratory, manner, now } = playing;
  for (;;) {
    const budget = ttl ?? manner.every ?? total;
    const options = { now, newCookie: () => newCookie(playing), budget, total };
    const { machine, outcome } = run(playing.machine, program, laboratory.host, options);
    playing.machine = machine;
    if (outcome.kind !== 'yielded') return resultOf(outcome);
    if (ttl !== undefined) return { raises: { kind: 'Yielded' } };
    store(playing);
  }
}

const kinds = { 'not-defined': 'NotDefinedError', parameter: 'ParamaterError', unrecoverable: 'UnrecoverableError' };

function resultOf(outcome: Outcome): Result {
  if (outcome.kind === 'ended') return { returns: '' };
  const { message } = outcome;
  if (outcome.kind === 'waiting' || outcome.kind === 'yielded') return { returns: message };
  const { line: at } = outcome;
  if (outcome.kind === 'paused') return { raises: { kind: 'Pause', message, line: at, resumable: true } };
  if (outcome.kind === 'aborted') {
    return { raises: { kind: kinds[outcome.reason], message, line: at, resumable: false } };
  }
  const kind = outcome.reason === 'limit' ? 'Limit' : 'ExecutionError';
  return { raises: { kind, message, line: at, resumable: true } };
}
