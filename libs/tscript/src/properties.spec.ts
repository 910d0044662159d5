import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { fuzz } from '../test/cases/fuzz.ts';
import { seeds } from '../test/cases/fuzz-source.ts';
import { lab } from '../test/cases/host-fixture.ts';
import { compile } from './compile.ts';
import { format } from './format.ts';
import { type Machine, begin, line, variables } from './machine.ts';
import { operators } from './operators.ts';
import { outline } from './outline.ts';
import { parse } from './parse.ts';
import { run } from './run.ts';
import { status } from './status.ts';
import { textOf } from './text.ts';

/** Processor time this process has had, in milliseconds: what else the machine does is of no matter to it. */
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const variable = fc.constantFrom('aa', 'bb', 'num', 'list', 'mapp', 'notes', 'truename', 'password', 'elsewhere');
const key = fc.constantFrom('key', 'other', 'end', 'not', 'true', 'if');
const blank = fc.constantFrom('', ' ', '\t', '  ');
const remark = fc.constantFrom('', '', '', ' # why', '# then else end');

const literal = fc.oneof(
  fc.integer({ min: -99, max: 99 }).map(String),
  fc.constantFrom('007', '+5', '1.50', '-0.0', '1:30', '1:0:0:0', 'True', 'false', 'None', '""', `"it's"`, `'say "x"'`),
  fc.constantFrom("'two\nlines'", "'#'", "'☃'"),
);

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    literal,
    variable,
    fc.tuple(tie('value'), fc.constantFrom(...operators), tie('value')).map((parts) => `( ${parts.join(' ')} )`),
    fc.tuple(variable, tie('value')).map(([name, index]) => `${name}[${index}]`),
    tie('value').map((operand) => `not ${operand}`),
    fc.tuple(fc.array(tie('value'), { maxLength: 3 }), blank).map(([list, gap]) => `[${gap}${list.join(`${gap},`)}]`),
    fc.tuple(key, tie('value'), tie('value')).map(([name, one, two]) => `{ ${name}=${one}, zz = ${two} }`),
    variable.map((name) => `exists( ${name} )`),
    fc
      .tuple(fc.constantFrom('lab.echo', 'lab.poll'), tie('value'))
      .map(([name, given]) => `${name}( value=${given}, times=2 )`),
    variable.map((name) => `append( array=${name}, value=1 )`),
    fc.constantFrom('lab.cell', 'lab.items[ 1 ]', "pause( msg='stop' )", 'lab.task()'),
  ),
}));

const { statement, block } = fc.letrec<{ statement: string; block: string }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(variable, blank, value).map(([name, gap, given]) => `${name}${gap}=${gap}${given}`),
    value,
    fc.tuple(variable, value, value).map(([name, index, given]) => `${name}[ ${index} ] = ${given}`),
    fc.constantFrom('lab.cell = num', 'num = ( num + 1 )', 'pass', 'goto top', "message( msg='x' )"),
    fc.tuple(value, remark, tie('statement')).map(([condition, why, body]) => `if ${condition} then${why}\n${body}`),
    fc
      .tuple(value, tie('block'), remark, value, tie('statement'), tie('statement'))
      .map(
        ([one, body, why, two, other, last]) =>
          `if ${one} then ${body}${why}\n\nelif ${two} then ${other} else${why}\n${last}`,
      ),
    fc.tuple(value, tie('block')).map(([condition, body]) => `while ${condition} do\n${body}`),
    tie('block'),
  ),
  block: fc
    .tuple(
      fc.constantFrom('', " description='x' ", 'max_time=0:10, expected_time = 1:00'),
      fc.array(tie('statement'), { maxLength: 3 }),
      remark,
    )
    .map(([options, lines, why]) => `begin(${options})${why}\n${lines.map((text) => `  ${text}${why}\n`).join('')}end`),
}));

/** Programs that do all kinds of things; some of them loop for ever or end in a fault. */
const program = fc
  .tuple(fc.array(statement, { maxLength: 5 }), remark, block)
  .map(
    ([lines, why, last]) =>
      `:top\nnum = 0\nlist = [ 1, [ 2 ] ]\nmapp = { key=list }\n${lines.join(`${why}\n\n`)}\n${last}`,
  )
  .filter((source) => parse(source).faults.length === 0);

/** Everything that can be seen of a script from outside, pass by pass; `every` stores it after so many instructions. */
function watch(source: string, every: () => number): unknown[] {
  const compiled = compile(source);
  const { host, cells } = lab();
  const seen: unknown[] = [];
  let [machine, cookies] = [begin(compiled), 0];
  for (let pass = 0; pass < 4; pass += 1) {
    const now = pass * 60_000;
    for (;;) {
      const options = { now, newCookie: () => String((cookies += 1)), budget: every(), total: 400 };
      const done = run(machine, compiled, host, options);
      machine = JSON.parse(JSON.stringify(done.machine)) as Machine;
      seen.push(...done.effects);
      if (done.outcome.kind === 'yielded') continue;
      const held = Object.entries(variables(machine)).map(([name, content]) => [name, textOf(content)]);
      seen.push(done.outcome, line(machine), status(machine, compiled, now), held, cells());
      break;
    }
  }
  return seen;
}

describe('a random program', () => {
  it('survives being laid out: it reads the same, and once more changes nothing', () => {
    fc.assert(
      fc.property(program, (source) => {
        const formatted = format(source);
        expect(format(formatted)).toBe(formatted);
        const [before, after] = [parse(source).tree, parse(formatted).tree].map((tree) => tree && outline(tree));
        const plain = (json: unknown): string =>
          JSON.stringify(json, (_key, part: unknown) =>
            Array.isArray(part) && part[0] === 'L' ? part.slice(0, 2) : part,
          );
        expect(plain(after)).toBe(plain(before));
      }),
      { numRuns: 120 },
    );
  });

  it('goes the same when it is interrupted and stored anywhere', () => {
    fc.assert(
      fc.property(program, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (source, budgets) => {
        const whole = watch(source, () => 400);
        expect(watch(source, () => budgets.next().value)).toEqual(whole);
        expect(watch(source, () => 1)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a source of any kind', () => {
  it('is answered: random and mutated ones', () => {
    const { inputs, parsed } = fuzz({ count: 1000, seed: 7, clock: () => processorTime() });
    expect(inputs).toBe(1000);
    expect(parsed).toBeGreaterThan(50);
  });

  it('is answered: every beginning of those that use everything', () => {
    for (const seed of seeds) {
      for (let end = 0; end <= seed.length; end += 1) expect(parse(seed.slice(0, end)).faults.length).toBeLessThan(20);
      expect(parse(seed).faults).toEqual([]);
    }
  });

  it.each([
    ['blanks in a row', ' ', 300_000],
    ['lines in a row', '\n', 300_000],
    ['remarks before no else', 'if aa then if bb then cc\n# x\n', 5_000],
    ['brackets', '( [ { not ', 50_000],
    ['blocks', 'begin()\n', 50_000],
    ['a chain of ways', 'elif aa then bb\n', 20_000],
    ['faults', ';\n', 100_000],
    ['quotes', `'"\n`, 100_000],
  ])('takes time in proportion: %s', (_name, piece, times) => {
    const start = processorTime();
    parse(`if aa then bb\n${piece.repeat(times)}`);
    expect(processorTime() - start).toBeLessThan(10_000);
  });
});
