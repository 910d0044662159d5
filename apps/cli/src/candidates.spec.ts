import { describe, expect, it } from '@jest/globals';
import { completionsOf } from './candidates.ts';
import type { Command } from './command.ts';
import { told } from './command.ts';
import { candidateLine, cutByBash } from './completion-scripts.ts';

const command = (more: Partial<Command> = {}): Command => ({
  usage: '',
  does: 'do it',
  names: [0, 0],
  run: async () => told(''),
  ...more,
});
const COMMANDS = {
  'site list': command({ does: 'list sites' }),
  'site get': command({ names: [1, 1], completes: [{ model: 'Site/Site' }], aliases: ['site show'] }),
  'job watch': command({
    names: [0, 9],
    completes: [{ model: 'Foreman/FoundationJob' }],
    options: {
      site: { type: 'string', short: 's', does: 'all of this site', completes: { model: 'Site/Site' } },
      state: { type: 'string', does: 'all in this state', completes: ['queued', 'paused'] },
      file: { type: 'string', does: 'where to' },
      all: { type: 'boolean', does: 'all of them' },
    },
  }),
  load: command({ names: [1, 9] }),
  complete: command({ hidden: true }),
};

const texts = (line: string): string[] | object => {
  const found = completionsOf(COMMANDS, line.split(' '));
  return found.kind === 'texts' ? found.candidates.map(({ text }) => text) : found;
};
const sites = (before = '') => ({ kind: 'objects', model: 'Site/Site', before });

describe('what can follow', () => {
  it.each([
    ['', ['job', 'load', 'site']],
    ['s', ['site']],
    ['x', []],
    ['site ', ['get', 'list', 'show']],
    ['site l', ['list']],
    ['--json site l', ['list']],
    ['--server http://a site l', ['list']],
    ['site get ', sites()],
    ['site show b', sites()],
    ['site get berlin ', []],
    ['job watch ', { kind: 'objects', model: 'Foreman/FoundationJob', before: '' }],
    ['job watch 1 2 ', { kind: 'objects', model: 'Foreman/FoundationJob', before: '' }],
    ['job watch --site ', sites()],
    ['job watch -s b', sites()],
    ['job watch --site=b', sites('--site=')],
    ['job watch --state ', ['queued', 'paused']],
    ['job watch --state q', ['queued']],
    ['job watch --state=q', ['--state=queued']],
    ['job watch --file ', { kind: 'files' }],
    ['job watch --a', ['--all']],
    [
      'job watch --all --',
      ['--server', '--context', '--config', '--preview', '--json', '--debug', '--site', '--state', '--file', '--help'],
    ],
    ['job watch --s', ['--server', '--site', '--state']],
    ['site list --w', ['--watch']],
    ['load ', { kind: 'files' }],
    ['dance ', []],
  ])('"%s"', (line, follows) => {
    expect(texts(line)).toEqual(follows);
  });

  it('tells what each does', () => {
    expect(completionsOf(COMMANDS, ['site', 'l'])).toEqual({
      kind: 'texts',
      candidates: [{ text: 'list', does: 'list sites' }],
    });
  });
});

describe('a shell', () => {
  it.each([
    ['bash', { text: '--site=a', does: 'x' }, 7, 'a'],
    ['zsh', { text: 'a:b', does: 'x\ny' }, 0, 'a\\:b:x y'],
    ['zsh', { text: 'a', does: '' }, 0, 'a'],
    ['fish', { text: 'a', does: 'x' }, 0, 'a\tx'],
    ['fish', { text: 'a', does: '' }, 0, 'a'],
  ] as const)('%s reads what can follow', (shell, candidate, cut, line) => {
    expect(candidateLine(shell, candidate, cut)).toBe(line);
  });

  it('bash sets aside what stands before "=" and ":"', () => {
    expect(['--site=be', 'http://a', 'be', 'a:b=c'].map(cutByBash)).toEqual([7, 5, 0, 4]);
  });
});
