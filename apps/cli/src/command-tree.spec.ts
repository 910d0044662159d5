import { describe, expect, it } from '@jest/globals';
import type { Command } from './command.ts';
import { Misuse, told } from './command.ts';
import { readCommandLine } from './command-tree.ts';

const command = (more: Partial<Command> = {}): Command => ({
  usage: '',
  does: 'do something',
  names: [0, 0],
  run: async () => told('done'),
  ...more,
});

const COMMANDS = {
  'site list': command({ does: 'list sites' }),
  'site get': command({
    usage: 'SITE',
    names: [1, 1],
    needs: 'requires a Site Id/Name argument',
    aliases: ['site show'],
  }),
  'site delete': command({ usage: 'SITE…', names: [1, 9] }),
  'blueprint foundation create': command({
    usage: '--name NAME',
    about: 'For example: contractor blueprint foundation create -n small',
    options: {
      name: { type: 'string', short: 'n', value: 'TEXT', does: 'its name' },
      type: { type: 'string', short: 't', multiple: true, does: 'what it is for' },
      'dry-run': { type: 'boolean', short: 'd', does: 'change nothing' },
      'no-password': { type: 'boolean', does: 'ask for no password' },
      offset: { type: 'string', short: 'o', does: 'which one' },
    },
  }),
  foundation: command({ names: [0, 1] }),
  'foundation build': command({ makesJobs: true, names: [1, 1] }),
  complete: command({ hidden: true, names: [0, 9] }),
};

const read = (line: string) => readCommandLine(COMMANDS, line === '' ? [] : line.split(' '));
const asked = (line: string) => {
  const request = read(line);
  if (request.kind !== 'command') throw new Error('not a command');
  return [request.words, request.asked.names, { ...request.asked.options }];
};
const refusal = (line: string): string => {
  try {
    read(line);
  } catch (error) {
    if (error instanceof Misuse) return error.message;
    throw error;
  }
  return 'no refusal';
};
const textOf = (line: string): string => {
  const request = read(line);
  return request.kind === 'text' ? request.text : 'no text';
};

describe('a command line', () => {
  it.each([
    ['site list', ['site list', [], {}]],
    ['site get berlin', ['site get', ['berlin'], {}]],
    ['site show berlin', ['site get', ['berlin'], {}]],
    ['site list --json', ['site list', [], { json: true }]],
    ['--json site list', ['site list', [], { json: true }]],
    ['site -j list', ['site list', [], { json: true }]],
    ['--server http://a site list', ['site list', [], { server: 'http://a' }]],
    ['site list --server=http://a', ['site list', [], { server: 'http://a' }]],
    ['site list --watch --interval 5', ['site list', [], { watch: true, interval: '5' }]],
    ['site get berlin --at 12', ['site get', ['berlin'], { at: '12' }]],
    ['site delete a b c', ['site delete', ['a', 'b', 'c'], {}]],
    ['site get -- --json', ['site get', ['--json'], {}]],
    ['foundation', ['foundation', [], {}]],
    ['foundation host1', ['foundation', ['host1'], {}]],
    ['foundation build host1 --wait', ['foundation build', ['host1'], { wait: true }]],
    ['complete bash', ['complete', ['bash'], {}]],
  ])('"%s" is understood', (line, is) => {
    expect(asked(line)).toEqual(is);
  });

  it.each([
    ['-n small', { name: 'small' }],
    ['-nsmall', { name: 'small' }],
    ['--name=small', { name: 'small' }],
    ['--name=', { name: '' }],
    ['-t A -t B', { type: ['A', 'B'] }],
    ['--type A', { type: ['A'] }],
    ['-d', { 'dry-run': true }],
    ['--dry-run --name x', { 'dry-run': true, name: 'x' }],
    ['--no-password', { 'no-password': true }],
    ['-o -1', { offset: '-1' }],
    ['-dn x', { 'dry-run': true, name: 'x' }],
  ])('takes the options "%s"', (line, options) => {
    expect(asked(`blueprint foundation create ${line}`)).toEqual(['blueprint foundation create', [], options]);
  });

  it.each([
    ['sit list', `no such command 'sit'; did you mean site?\n"contractor --help" tells more`],
    ['blue foundation', `no such command 'blue'; did you mean blueprint?\n"contractor --help" tells more`],
    ['--server http://a site lst', `no such command 'lst'; did you mean list?\n"contractor site --help" tells more`],
    ['', 'say what; "contractor --help" tells what there is'],
    ['--json', 'say what; "contractor --help" tells what there is'],
    ['site', `say what: contractor site delete | get | list | show\n"contractor site --help" tells more`],
    [
      'blueprint foundation',
      'say what: contractor blueprint foundation create\n"contractor blueprint foundation --help" tells more',
    ],
    [
      'site get',
      'requires a Site Id/Name argument\nusage: contractor site get SITE\n"contractor site get --help" tells more',
    ],
    ['site get a b', 'too many names\nusage: contractor site get SITE\n"contractor site get --help" tells more'],
    [
      'site list --jsn',
      `unknown option '--jsn'; did you mean --json?\nusage: contractor site list\n"contractor site list --help" tells more`,
    ],
    [
      'site delete a --watch',
      `unknown option '--watch'\nusage: contractor site delete SITE…\n"contractor site delete --help" tells more`,
    ],
    [
      'foundation x --wait',
      `unknown option '--wait'\nusage: contractor foundation\n"contractor foundation --help" tells more`,
    ],
    ['help dance', 'no such command: dance'],
  ])('"%s" is refused, with what is right', (line, text) => {
    expect(refusal(line)).toBe(text);
  });

  it('asks for help about any words', () => {
    for (const line of ['--help', '-h', 'help'])
      expect(textOf(line)).toMatch(/^Usage: contractor COMMAND [^]*\n {2}site +sites/);
    expect(textOf('help')).toMatch(/Exit codes: 0 done/);
    expect(textOf('help')).not.toMatch(/complete/);
    for (const line of ['site --help', 'help site', 'site -h']) {
      expect(textOf(line)).toMatch(/^Usage: contractor site COMMAND[^]*\n {2}get SITE +do something\n/);
      expect(textOf(line)).not.toMatch(/Exit codes/);
    }
    const about = textOf('blueprint foundation create --help');
    expect(about).toBe(textOf('help blueprint foundation create'));
    expect(about).toMatch(/^Usage: contractor blueprint foundation create --name NAME\n\ndo something\n/);
    expect(about).toMatch(
      /\n {2}-n, --name <TEXT> +its name\n {2}-t, --type <TYPE> +what it is for \(again and again\)\n/,
    );
    expect(about).toMatch(/\nGlobal Options:\n {2}--server <URL>/);
    expect(about).toMatch(/\nFor example: contractor blueprint foundation create -n small\n$/);
    expect(textOf('help --all')).toMatch(/^ {2}contractor site list\n {6}list sites\n {2}contractor site get SITE\n/);
  });

  it('keeps nothing of the one before', () => {
    expect(asked('site list --json')).toEqual(['site list', [], { json: true }]);
    expect(asked('site list')).toEqual(['site list', [], {}]);
  });
});
