import { describe, expect, it } from '@jest/globals';
import { type Answered, commandLine } from './command-line.ts';

/** Runs a command over files in memory. */
function command(
  args: readonly string[],
  content: Record<string, string>,
): Answered & { files: Record<string, string> } {
  const files = { ...content };
  const answered = commandLine(args, {
    read: (name) => {
      if (!Object.hasOwn(files, name)) throw new Error(`${name}: no such file`);
      return files[name] ?? '';
    },
    write: (name, text) => {
      files[name] = text;
    },
  });
  return { ...answered, files };
}

const answers = JSON.stringify({ calls: [{ call: 'lab.go', answer: { value: 3 }, repeat: true }] });

describe('the command line', () => {
  it('lint points at what is wrong', () => {
    const { code, text, json } = command(['lint', 'a.ts'], { 'a.ts': 'aa = ( 1 + )\nbb = aa' });
    expect([code, text]).toEqual([1, 'a.ts:1:12 error: ")" where a value was expected\naa = ( 1 + )\n           ^\n']);
    expect(json).toMatchObject({ faults: [{ line: 1, column: 12, severity: 'error' }] });
  });

  it('lint is content with warnings, and knows the names it is told', () => {
    expect(command(['lint', 'a.ts'], { 'a.ts': 'aa = ghost' }).code).toBe(0);
    const files = { 'a.ts': 'nolab.go()', 'names.json': '{"modules":{"lab":{}}}' };
    expect(command(['lint', 'a.ts', '--symbols', 'names.json'], files).text).toContain('there is no module "nolab"');
  });

  it('format prints, checks and writes', () => {
    const files = { 'a.ts': 'aa=1' };
    expect(command(['format', 'a.ts'], files)).toMatchObject({ code: 0, text: 'aa = 1\n' });
    expect(command(['format', '--check', 'a.ts'], files).code).toBe(1);
    const written = command(['format', 'a.ts', '--write'], files).files;
    expect(written['a.ts']).toBe('aa = 1\n');
    expect(command(['format', '--check', 'a.ts'], written)).toMatchObject({ code: 0, text: '' });
    expect(command(['format', 'a.ts'], { 'a.ts': 'aa = (' }).code).toBe(1);
  });

  it('run shows what a script leaves', () => {
    const files = { 'a.ts': "bb = ( aa + 1 )\npause( msg='look' )", 'given.json': '{"aa":1}' };
    const ran = command(['run', 'a.ts', '--variables', 'given.json'], files);
    expect([ran.code, ran.text]).toEqual([0, '   2  paused: look\nvariables\n  aa = 1\n  bb = 2\n']);
    expect(command(['run', 'a.ts', '--set', 'aa=40'], files).json).toMatchObject({ variables: { bb: 41 } });
    expect(command(['run', 'a.ts'], files)).toMatchObject({ code: 1, json: { outcome: { kind: 'aborted' } } });
    expect(command(['run', 'a.ts'], { 'a.ts': 'while True do pass' }).code).toBe(3);
  });

  it('run shows an array that holds itself, and says where it cannot go', () => {
    const own = 'list = [ 1 ]\nappend( array=list, value=list )\n';
    const ran = command(['run', 'a.ts'], { 'a.ts': `${own}copy = list` });
    expect([ran.code, ran.text]).toEqual([0, 'variables\n  list = "[1, [...]]"\n  copy = "[1, [...]]"\n']);
    const message = 'Paramater Error paramater "what" line 3: a value is nested deeper than 400 levels';
    const { code, text } = command(['run', 'a.ts'], { 'a.ts': `${own}lab.use( what=list )` });
    expect([code, text]).toEqual([
      1,
      `   3  aborted: ${message}\naborted: ${message}\nvariables\n  list = "[1, [...]]"\n`,
    ]);
    const compared = command(['run', 'a.ts'], {
      'a.ts': `${own}other = [ 1 ]\nappend( array=other, value=other )\nsame = ( list == other )`,
    });
    expect([compared.code, compared.text]).toEqual([
      1,
      expect.stringContaining('nested deeper than 400 levels at line 5'),
    ]);
  });

  it('run takes floats for floats where it is given a parser that tells them', () => {
    const parse = (text: string): unknown =>
      JSON.parse(text, (_, value: unknown) => (value === 3 ? Object(3) : value)) as unknown;
    const files = { read: () => 'text = ( "v" . ver )', write: () => {}, parse };
    expect(commandLine(['run', 'a.ts', '--set', 'ver=3.0'], files).json).toMatchObject({ variables: { text: 'v3.0' } });
  });

  it('rehearse notes a run and holds a changed script against it', () => {
    const files = { 'a.ts': 'val = lab.go( at=1 )', 'b.ts': '\nval = lab.go( at=2 )', 'answers.json': answers };
    const noted = command(['rehearse', 'a.ts', '--answers', 'answers.json', '--record', 'run.json'], files);
    expect(noted).toMatchObject({ code: 0, json: { variables: { val: 3 } } });
    expect(command(['rehearse', 'a.ts', '--against', 'run.json'], noted.files).code).toBe(0);
    const { code, text } = command(['rehearse', 'b.ts', '--against=run.json'], noted.files);
    expect(code).toBe(1);
    expect(text).toContain('another course at line 2\nnoted: 1  call lab.go {"at":1}');
  });

  it.each([
    [[]],
    [['lint']],
    [['nosuch', 'a.ts']],
    [['lint', 'a.ts', 'b.ts']],
    [['lint', 'a.ts', '--nosuch']],
    [['lint', 'missing.ts']],
    [['run', 'a.ts', '--set', 'x']],
    [['run', 'a.ts', '--variables', 'a.ts']],
  ])('says when it is used wrongly: %j', (args) => {
    const { code, json } = command(args, { 'a.ts': 'aa = 1' });
    expect(code).toBe(2);
    expect(json).toHaveProperty('error');
  });
});
