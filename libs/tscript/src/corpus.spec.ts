import { describe, expect, it } from '@jest/globals';
import { compile } from './compile.ts';
import { lint } from './lint.ts';
import { type Answers, rehearse } from './rehearse.ts';

/** What scripts of resources do: a source, what answers it, and what it leaves and calls. */
interface Row {
  readonly name: string;
  readonly source: string;
  readonly values?: Answers['values'];
  readonly answers?: Readonly<Record<string, readonly unknown[]>>;
  readonly held?: Readonly<Record<string, unknown>>;
  readonly calls?: readonly string[];
  readonly stops?: readonly string[];
}

const rows: readonly Row[] = [
  { name: 'remarks and blank lines', source: '# header note\n\n  # indented\nalpha = 1   # tail', held: { alpha: 1 } },
  {
    name: 'texts with the other quote',
    source: `pause( msg="It isn't #1, (yet): 50%" )`,
    stops: ["It isn't #1, (yet): 50%"],
  },
  {
    name: 'module values, read and written',
    source: 'plan = fnd.spec\nfnd.handle_id = None',
    values: { 'fnd.spec': { ram: 2 }, 'fnd.handle_id': 'old' },
    held: { plan: { ram: 2 } },
  },
  {
    name: 'a call with parameters of every kind',
    source: "made = fnd.build( on=pool[0], size=plan[ 'disk' ], like=config.pattern )\nfnd.power_on()",
    values: { 'config.pattern': 'x*' },
    answers: { 'fnd.build': ['id-7'], 'fnd.power_on': [null] },
    held: { made: 'id-7' },
    calls: ['fnd.build {"on":"h1","size":20,"like":"x*"}', 'fnd.power_on {}'],
  },
  { name: 'pauses in a row', source: "pause( msg='first' )\npause( msg='second' )", stops: ['first', 'second'] },
  {
    name: 'a delay',
    source: 'delay( minutes=2 )\ndone = True',
    held: { done: true },
    stops: ['Waiting for 120 more seconds'],
  },
  {
    name: 'a loop over a queue that is a copy',
    source:
      "queue = config.jobs\ntally = 0\nwhile len( array=queue ) do\nbegin()\n  job = pop( array=queue )\n  seen = job[ 'name' ]\n  tally = ( tally + 1 )\nend\nleft = len( array=config.jobs )",
    values: { 'config.jobs': [{ name: 'one' }, { name: 'two' }] },
    held: { queue: [], tally: 2, seen: 'one', left: 2 },
  },
  {
    name: 'a remote call under not, with a pause in the body',
    source: "while not fnd.probe() do\nbegin()\n  pause( msg='check the cable' )\nend\nok = True",
    answers: { 'fnd.probe': [false, true] },
    held: { ok: true },
    calls: ['fnd.probe {}', 'fnd.probe {}'],
    stops: ['check the cable'],
  },
  {
    name: 'a comparison in the condition of a loop',
    source:
      "pool = fnd.hosts()\nwhile ( len( array=pool ) < 1 ) do\nbegin()\n  pause( msg='none free' )\n  pool = fnd.hosts()\nend\nbest = pool[0]",
    answers: { 'fnd.hosts': [[], ['h1']] },
    held: { best: 'h1' },
    stops: ['none free'],
  },
  {
    name: 'ways with blank lines between them',
    source:
      "if ( fnd.type == 'Tin' ) then\n  begin( description='a' )\n    # only a note\n  end\n\nelif ( fnd.type == 'Box' ) then\n  picked = 'box'\n\nelse\n  begin()\n    picked = 'other'\n  end",
    values: { 'fnd.type': 'Box' },
    held: { picked: 'box' },
  },
  {
    name: 'a way of one statement, and what follows it',
    source: "if not structure.provisioning_interface then\n  fatal_error( msg='no nic' )\n\nreached = True",
    values: { 'structure.provisioning_interface': 'eth0' },
    held: { reached: true },
  },
  {
    name: 'a choice in a choice',
    source:
      "if ( 'a' == 'b' ) then\n  xx = 1\nelse\n  begin()\n    if not 0 then\n      yy = 2\n\n    zz = 3\n    if ( config.mode == 'fast' ) then\n    begin( description='p' )\n      way = 1\n    end\n    else\n    begin( description='q' )\n      way = 2\n    end\n  end\n\nafter = 4",
    values: { 'config.mode': 'slow' },
    held: { yy: 2, zz: 3, way: 2, after: 4 },
  },
  {
    name: 'a label and a goto',
    source: 'nn = 0\n:again\nnn = ( nn + 1 )\nif ( nn < 3 ) then\n  goto again',
    held: { nn: 3 },
  },
  {
    name: 'lists',
    source:
      "aa = [ 1, 'two', None ]\nappend( array=aa, value=4 )\nii = index( array=aa, value='two' )\nss = slice( array=aa, start=1, end=3 )",
    held: { aa: [1, 'two', null, 4], ii: 1, ss: ['two', null] },
  },
  {
    name: 'maps',
    source: "mm = { left='a', right=( 1 + 1 ) }\nvv = mm[ 'right' ]",
    held: { mm: { left: 'a', right: 2 }, vv: 2 },
  },
  { name: 'texts joined', source: "label = ( 'host-' . 5 )", held: { label: 'host-5' } },
  { name: 'CR LF and tabs', source: 'aa = 1\r\n\tbb = 2\r\n', held: { aa: 1, bb: 2 } },
  { name: 'an error that is reset', source: "error( msg='soft' )\naa = 1", held: { aa: 1 }, stops: ['soft'] },
];

describe('what scripts of resources do', () => {
  it.each(rows)('$name', ({ source, values, answers = {}, held, calls, stops }) => {
    const table: Answers = {
      variables: { pool: ['h1', 'h2'], plan: { disk: 20 } },
      ...(values && { values }),
      calls: Object.entries(answers).flatMap(([call, list]) => list.map((value) => ({ call, answer: { value } }))),
    };
    const { outcome, variables, trace } = rehearse(compile(source), table);
    expect(outcome).toEqual({ kind: 'ended' });
    if (held !== undefined) expect(variables).toMatchObject(held);
    const called = trace.flatMap((entry) =>
      entry.kind === 'call' ? [`${entry.name} ${JSON.stringify(entry.parameters)}`] : [],
    );
    if (calls !== undefined) expect(called).toEqual(calls);
    expect(trace.flatMap((entry) => (entry.kind === 'stop' ? [entry.message] : []))).toEqual(stops ?? []);
    expect(lint(source, { variables: ['pool', 'plan'] }).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
