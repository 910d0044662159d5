/** `npm run bench -- tscript [parse|loop|store|fuzz]`: the figures of the script language, and its fuzzer. */
import { cpuUsage, stdout } from 'node:process';
import { type Machine, type Program, begin, compile, emptyHost, parse, run as pass } from '#tscript';
import { fuzz } from '../../libs/tscript/test/cases/fuzz.ts';

const parts: Readonly<Record<string, (args: readonly string[]) => void>> = {
  parse: benchParse,
  loop: benchLoop,
  store: benchStore,
  fuzz: benchFuzz,
};

/** Runs the parts that are named, or all of them. */
export async function run(args: string[]): Promise<void> {
  const named = args.filter((arg) => Object.hasOwn(parts, arg));
  for (const name of named.length > 0 ? named : Object.keys(parts)) parts[name]?.(args);
  await Promise.resolve();
}

function say(name: string, figure: string, wanted: string): void {
  stdout.write(`${name.padEnd(44)} ${figure.padStart(16)}   (wanted: ${wanted})\n`);
}

function milliseconds(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

const lineKinds = [
  (n: number) => `name_${n} = ( ( ${n} + 1 ) * 2 )`,
  (n: number) => `list_${n} = [ ${n}, 'text ${n}', True, { key=1, other=1.5 } ]`,
  (n: number) => `if ( name_0 == ${n} ) then lab.power( state='on', level=${n} )`,
  (n: number) => `# a remark on line ${n}`,
  (n: number) => `value_${n} = lab.read( key='k${n}', limit=0:${10 + (n % 50)} )`,
];

function manyLines(count: number): string {
  return Array.from({ length: count }, (_none, n) => lineKinds[n % lineKinds.length]?.(n) ?? '').join('\n');
}

function benchParse(): void {
  const source = manyLines(1000);
  say('parse 1,000 lines, first time', `${milliseconds(() => parse(source)).toFixed(1)} ms`, 'under 50 ms');
  const rounds = 20;
  const warm = milliseconds(() => {
    for (let round = 0; round < rounds; round += 1) parse(source);
  });
  say('parse 1,000 lines, warm', `${(warm / rounds).toFixed(1)} ms`, '-');
  say('compile 1,000 lines, warm', `${milliseconds(() => compile(source)).toFixed(1)} ms`, '-');
}

const options = { now: 0, newCookie: () => 'cookie' };

function benchLoop(): void {
  const program = compile('num = 0\nwhile True do num = ( num + 1 )');
  const instructions = 3_000_000;
  const limits = { ...options, budget: instructions, total: 10 * instructions };
  const spent = milliseconds(() => pass(begin(program), program, emptyHost, limits));
  say(
    'instructions a second on a counting loop',
    Math.round((instructions / spent) * 1000).toLocaleString('en'),
    'over 1,000,000',
  );
}

function stored(program: Program, given: Record<string, unknown>): Machine {
  return pass(begin(program, given), program, emptyHost, options).machine;
}

function benchStore(): void {
  const program = compile("pause( msg='here' )");
  const given = Object.fromEntries(
    Array.from({ length: 1000 }, (_none, n) => [`name_${n}`, n % 2 === 0 ? n : { list: [n, 'text'], flag: true }]),
  );
  const machine = stored(program, given);
  const once = (): void => {
    const text = JSON.stringify(machine);
    pass(JSON.parse(text) as Machine, program, emptyHost, { ...options, budget: 1 });
  };
  for (let round = 0; round < 20; round += 1) once();
  const rounds = 50;
  const spent = milliseconds(() => {
    for (let round = 0; round < rounds; round += 1) once();
  });
  say('store and restore 1,000 variables', `${(spent / rounds).toFixed(2)} ms`, 'under 5 ms');
  say(
    'a typical job, stored',
    `${JSON.stringify(stored(compile(typicalJob), typicalVariables)).length} bytes`,
    'under 3,000',
  );
}

const typicalJob = `
plan = { memory=2048, disk=20, name='node01' }
pool = [ 'host1', 'host2', 'host3' ]
best = pool[ 0 ]
begin( description='build', expected_time=12:30 )
  tries = 0
  while ( tries < 1 ) do
    begin( description='wait', max_time=1:00:00 )
      tries = ( tries + 1 )
      delay( minutes=2 )
    end
end
`;

const typicalVariables = { locator: 'node01', uuid: '11111111-2222-4333-8444-555555555555' };

/** Milliseconds of processor time, which what else runs on the machine leaves alone. */
function processorTime(): number {
  return cpuUsage().user / 1000;
}

function benchFuzz(args: readonly string[]): void {
  const count = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 1_000_000);
  const seed = Date.now() % 1_000_000;
  const progress = (inputs: number): void => void stdout.write(`  ${inputs.toLocaleString('en')} inputs\n`);
  const { inputs, slowest, parsed, ended } = fuzz({ count, seed, clock: processorTime, progress });
  say('inputs without crash or hang', inputs.toLocaleString('en'), 'at least 1,000,000');
  say('of them parsed / run to an end', `${parsed.toLocaleString('en')} / ${ended.toLocaleString('en')}`, '-');
  say('slowest input', `${slowest.toFixed(1)} ms`, '-');
}
