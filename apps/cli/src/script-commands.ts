import { readFileSync, writeFileSync } from 'node:fs';
import type { Asked, Command, Result } from './command.ts';
import { listOf, Misuse } from './command.ts';

/** Does what the script tools do. @throws Misuse where they do not understand it */
async function scriptTool(tool: string, asked: Asked, options: readonly string[]): Promise<Result> {
  const args = options.flatMap((name) => {
    if (asked.options[name] === true) return [`--${name}`];
    return listOf(asked, name).flatMap((value) => [`--${name}`, value]);
  });
  // Only these commands need the language.
  const { commandLine } = await import('#tscript');
  const { parseJson } = await import('#kernel');
  const { code, text, json } = commandLine([tool, ...asked.names, ...args], {
    read: (name) => readFileSync(name === '-' ? 0 : name, 'utf8'),
    write: (name, content) => writeFileSync(name, content),
    parse: parseJson,
  });
  if (code === 2) throw new Misuse(text.trim());
  return { text: text.replace(/\n$/, ''), json, failed: code !== 0 };
}

const tool = (name: string, does: string, usage: string, options: NonNullable<Command['options']> = {}): Command => ({
  usage,
  does,
  names: [1, 1],
  local: true,
  options,
  run: (asked) => scriptTool(name, asked, Object.keys(options)),
});

const file = (does: string) => ({ type: 'string', value: 'FILE', does }) as const;

/** Commands on files of scripts; they need no server. */
export const scriptCommands: Readonly<Record<string, Command>> = {
  'script lint': tool('lint', 'say what is wrong with a script', 'FILE [--symbols FILE]', {
    symbols: file('names of modules and variables, as JSON'),
  }),
  'script format': tool('format', 'print a script in its canonical layout', 'FILE [--write | --check]', {
    write: { type: 'boolean', does: 'change the file' },
    check: { type: 'boolean', does: 'only say whether it is so' },
  }),
  'script run': tool('run', 'run a script by itself', 'FILE [--variables FILE] [--set NAME=JSON…]', {
    variables: file('what it begins with, as JSON'),
    set: { type: 'string', multiple: true, value: 'NAME=JSON', does: 'one variable' },
  }),
  'script rehearse': tool(
    'rehearse',
    'run a script with answers that are given, or are at hand from an earlier run',
    'FILE [--answers FILE] [--record FILE] [--against FILE]',
    {
      answers: file('what tasks answer, as JSON'),
      record: file('note what it does'),
      against: file('tell where it differs from a noted run'),
      variables: file('what it begins with, as JSON'),
      set: { type: 'string', multiple: true, value: 'NAME=JSON', does: 'one variable' },
    },
  ),
};
