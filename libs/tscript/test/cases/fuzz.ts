/**
 * Random and mutated sources, each taken through everything the language does with one: whatever it is, there must
 * be an answer, in time, and no error that is not one of the language's own.
 */
import { compileTree } from '../../src/compile.ts';
import { formatTree } from '../../src/format.ts';
import { stack } from '../../src/frames.ts';
import { lint } from '../../src/lint.ts';
import { lintText } from '../../src/lint-text.ts';
import { type Machine, begin, variables } from '../../src/machine.ts';
import { parse } from '../../src/parse.ts';
import type { Program } from '../../src/program.ts';
import { clearDispatched, deliver, dispatch, rollback } from '../../src/protocol.ts';
import { run } from '../../src/run.ts';
import { status, statusText } from '../../src/status.ts';
import { outline } from '../../src/outline.ts';
import { textOf } from '../../src/text.ts';
import { lab } from './host-fixture.ts';
import { chance, pieces, randomFrom, seeds } from './fuzz-source.ts';

/** What a fuzzing did. Times in milliseconds. */
export interface Fuzzed {
  readonly inputs: number;
  readonly parsed: number;
  readonly ended: number;
  readonly slowest: number;
}

/** What is to be fuzzed: how many inputs, from which seed, and how long one may take. */
export interface Fuzzing {
  readonly count: number;
  readonly seed: number;
  readonly patience?: number;
  readonly clock: () => number;
  readonly progress?: (inputs: number) => void;
}

/** Fuzzes. Throws with the input at the first one that goes wrong or takes too long. */
export function fuzz({ count, seed, patience = 5000, clock, progress }: Fuzzing): Fuzzed {
  const random = randomFrom(seed);
  const fuzzed = { inputs: 0, parsed: 0, ended: 0, slowest: 0 };
  for (; fuzzed.inputs < count; fuzzed.inputs += 1) {
    const source = randomSource(random);
    const start = clock();
    try {
      const end = exercise(source);
      if (end !== 'faults') fuzzed.parsed += 1;
      if (end === 'done') fuzzed.ended += 1;
    } catch (thrown) {
      throw new Error(`input ${fuzzed.inputs} of seed ${seed}: ${JSON.stringify(source)}`, { cause: thrown });
    }
    const spent = clock() - start;
    if (spent > patience) throw new Error(`${spent} ms for ${JSON.stringify(source)}`);
    fuzzed.slowest = Math.max(fuzzed.slowest, spent);
    if (fuzzed.inputs % 100_000 === 99_999) progress?.(fuzzed.inputs + 1);
  }
  return fuzzed;
}

/** Takes one source through everything; says how far it came. */
export function exercise(source: string): Machine['state'] | 'faults' {
  lint(source);
  const { tree, faults } = parse(source);
  if ((lintText(source) === null) !== (faults.length === 0)) throw new Error('lintText and parse differ');
  if (tree === undefined) return 'faults';
  const formatted = formatTree(tree);
  const again = parse(formatted);
  if (again.tree === undefined) throw new Error(`formatted cannot be parsed: ${formatted}`);
  if (formatTree(again.tree) !== formatted) throw new Error(`formatting twice changes: ${formatted}`);
  const [before, after] = [outline(tree), outline(again.tree)].map((part) => JSON.stringify(part, withoutLines));
  if (before !== after) throw new Error(`formatting changes the meaning: ${formatted}`);
  return faults.length > 0 ? 'faults' : exerciseProgram(compileTree(tree, 'fuzz'));
}

/** Line numbers change when a source is laid out anew. */
function withoutLines(_key: string, value: unknown): unknown {
  return Array.isArray(value) && value[0] === 'L' ? value.slice(0, 2) : value;
}

function exerciseProgram(program: Program): Machine['state'] {
  const { host } = lab();
  let machine = begin(program, { given: [1, 'two', { three: 3.5 }] });
  let cookies = 0;
  const newCookie = (): string => String((cookies += 1));
  for (let pass = 0; pass < 6 && machine.state !== 'done' && machine.state !== 'aborted'; pass += 1) {
    const now = pass * 1000;
    machine = run(machine, program, host, { now, newCookie, budget: 300, total: 900 }).machine;
    machine = JSON.parse(JSON.stringify(machine)) as Machine;
    statusText(status(machine, program, now));
    stack(machine, program);
    for (const value of Object.values(variables(machine))) textOf(value);
    const sent = dispatch(machine, program, host, { now });
    const data = { state: 'ok', value: pass };
    machine = deliver(sent.machine, program, host, { cookie: machine.cookie, data, now }).machine;
    if (pass === 3) machine = rollback(clearDispatched(machine), program, host, { now, newCookie }).machine;
  }
  return machine.state;
}

function randomSource(random: () => number): string {
  if (chance(random, 0.2)) return soup(random);
  let source = pick(random, seeds);
  const changes = chance(random, 0.6) ? 1 : 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) source = mutated(random, source);
  return source;
}

function pick(random: () => number, list: readonly string[]): string {
  return list[Math.floor(random() * list.length)] ?? '';
}

function soup(random: () => number): string {
  const length = Math.floor(random() * 40);
  return Array.from({ length }, () => pick(random, pieces)).join(chance(random, 0.5) ? ' ' : '');
}

/** One change: something cut, doubled, put in, exchanged for a stretch of another source, or repeated many times. */
function mutated(random: () => number, source: string): string {
  const from = Math.floor(random() * (source.length + 1));
  const to = Math.min(source.length, from + Math.floor(random() * 12));
  const [before, middle, after] = [source.slice(0, from), source.slice(from, to), source.slice(to)];
  const kind = random();
  if (kind < 0.25) return before + after;
  if (kind < 0.4) return before + middle + middle + after;
  if (kind < 0.7) return `${before}${pick(random, pieces)}${chance(random, 0.5) ? middle : ''}${after}`;
  if (kind < 0.85) return before + pick(random, seeds).slice(from) + after;
  if (kind < 0.99) return before + String.fromCodePoint(Math.floor(random() * 0x250)) + after;
  return before + (middle || '( ').repeat(1 + Math.floor(random() * 400)) + after;
}
