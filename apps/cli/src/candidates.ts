import type { Command, CommandOption, Completion } from './command.ts';
import { GROUPS } from './command-groups.ts';
import type { Commands } from './command-tree.ts';
import { COMMON_OPTIONS, optionsOf } from './common-options.ts';

/** Something that can be typed at a place, and what it is. */
export interface Candidate {
  readonly text: string;
  readonly does: string;
}

/** What can be typed at the end of a line: some texts, the objects of a model, or the name of a file, as far as is known. */
export type Completions =
  | { readonly kind: 'texts'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'objects'; readonly model: string; readonly before: string }
  | { readonly kind: 'files' };

/** Words of a line before the last one, and the last one, which is not finished. */
interface Typed {
  readonly words: readonly string[];
  readonly last: string;
}

/** What can follow. @param line the words behind `contractor`; the last one is not finished, and may be empty */
export function completionsOf(commands: Commands, line: readonly string[]): Completions {
  const typed: Typed = { words: line.slice(0, -1), last: line.at(-1) ?? '' };
  const known = knownWords(commands);
  const { path, rest } = walked(known, typed.words);
  const command = known.get(path);
  const options = { ...COMMON_OPTIONS, ...(command ? optionsOf(command.words, command.command) : {}) };
  const open = optionBefore(typed, options);
  if (open) return narrowed(completions(open.option.completes, open.before), open.last, open.before);
  if (typed.last.startsWith('-')) return optionTexts(options, typed);
  const next = nextWords(known, path);
  if (rest.every((word) => word.startsWith('-')) && next.length > 0) {
    const fitting = next.filter(({ text }) => text.startsWith(typed.last));
    if (fitting.length > 0 || !command) return { kind: 'texts', candidates: fitting };
  }
  if (!command) return { kind: 'texts', candidates: [] };
  return nameCompletions(command.command, namesIn(rest, options), typed.last);
}

interface Known {
  /** Those of its record, also where an alias was typed. */
  readonly words: string;
  readonly command: Command;
}

function knownWords(commands: Commands): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const [words, command] of Object.entries(commands)) {
    for (const name of [words, ...(command.aliases ?? [])]) known.set(name, { words, command });
  }
  return known;
}

/** How far words lead down the tree of commands; options and their values on the way are passed over. */
function walked(known: ReadonlyMap<string, Known>, words: readonly string[]) {
  let path = '';
  let n = 0;
  for (; n < words.length; n++) {
    const word = words[n] ?? '';
    if (word.startsWith('-')) {
      if (takesValue(word, COMMON_OPTIONS)) n++;
      continue;
    }
    const longer = path === '' ? word : `${path} ${word}`;
    if (![...known.keys()].some((one) => one === longer || one.startsWith(`${longer} `))) break;
    path = longer;
  }
  return { path, rest: words.slice(n) };
}

function nextWords(known: ReadonlyMap<string, Known>, path: string): Candidate[] {
  const next = new Map<string, string>();
  for (const [words, { command }] of known) {
    if (command.hidden === true || (path !== '' && !words.startsWith(`${path} `))) continue;
    const [word = '', ...more] = words.slice(path === '' ? 0 : path.length + 1).split(' ');
    if (more.length === 0) next.set(word, command.does);
    else if (!next.has(word)) next.set(word, GROUPS[path === '' ? word : `${path} ${word}`] ?? '');
  }
  return Array.from(next, ([text, does]) => ({ text, does })).sort((one, other) => (one.text < other.text ? -1 : 1));
}

type Options = Readonly<Record<string, CommandOption>>;

function optionOf(word: string, options: Options): CommandOption | undefined {
  const entry = Object.entries(options).find(([name, { short }]) => word === `--${name}` || word === `-${short}`);
  return entry?.[1];
}

const takesValue = (word: string, options: Options): boolean => optionOf(word, options)?.type === 'string';

/** The option whose value is being typed: as a word of its own, or behind `=`. */
function optionBefore({ words, last }: Typed, options: Options) {
  const at = last.indexOf('=');
  if (last.startsWith('--') && at !== -1) {
    const option = optionOf(last.slice(0, at), options);
    return option && { option, before: last.slice(0, at + 1), last };
  }
  const word = words.at(-1) ?? '';
  const option = word.startsWith('-') ? optionOf(word, options) : undefined;
  return option?.type === 'string' ? { option, before: '', last } : undefined;
}

function optionTexts(options: Options, { words, last }: Typed): Completions {
  const help: CommandOption = { type: 'boolean', does: 'tell about a command' };
  const all: readonly [string, CommandOption][] = Object.entries({ ...options, help });
  const candidates = all
    .filter(([name, { multiple }]) => multiple === true || !words.includes(`--${name}`))
    .map(([name, { does }]) => ({ text: `--${name}`, does }))
    .filter(({ text }) => text.startsWith(last));
  return { kind: 'texts', candidates };
}

/** The words that are names, without options and their values. */
function namesIn(words: readonly string[], options: Options): string[] {
  return words.filter((word, n) => !word.startsWith('-') && !takesValue(words[n - 1] ?? '', options));
}

function nameCompletions(
  { completes = [], names: [, most] }: Command,
  names: readonly string[],
  last: string,
): Completions {
  if (names.length >= most) return { kind: 'texts', candidates: [] };
  return narrowed(completions(completes[names.length] ?? completes.at(-1), ''), last, '');
}

function completions(completes: Completion | undefined, before: string): Completions {
  if (completes === undefined) return { kind: 'files' };
  if ('model' in completes) return { kind: 'objects', model: completes.model, before };
  return { kind: 'texts', candidates: completes.map((text) => ({ text: before + text, does: '' })) };
}

const narrowed = (found: Completions, last: string, before: string): Completions =>
  found.kind === 'texts'
    ? { ...found, candidates: found.candidates.filter(({ text }) => text.startsWith(last) && text !== before) }
    : found;
