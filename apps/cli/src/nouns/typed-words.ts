import type { Typed } from './platform-types.ts';

/** A type of foundations or complexes that a command line is about, and what it says of where the server is. */
export interface TypedWords {
  readonly typed: Typed;
  /** How it calls the type. */
  readonly name: string;
  /** Common options that take a value, as far as they are given. */
  readonly options: Readonly<Record<string, string>>;
}

const isTyped = (word: string | undefined): word is Typed => word === 'foundation' || word === 'complex';

/**
 * The type that a command line names where no command is named: `foundation ipmi create …`.
 * @param commands the words of the commands there are
 * @param valued the common options that take a value
 */
export function typedIn(
  args: readonly string[],
  commands: readonly string[],
  valued: readonly string[],
): TypedWords | undefined {
  const words: string[] = [];
  const options: Record<string, string> = {};
  for (let n = 0; n < args.length && words.length < 3; n += 1) {
    const [, option, value] = /^--([^=]+)(?:=(.*))?$/s.exec(args[n] ?? '') ?? [];
    if (option !== undefined && valued.includes(option)) options[option] = value ?? args[(n += 1)] ?? '';
    else if (args[n]?.startsWith('-') === false) words.push(args[n] ?? '');
  }
  const [typed, name] = words[0] === 'help' ? words.slice(1) : words;
  if (!isTyped(typed) || name === undefined) return undefined;
  const begin = `${typed} ${name}`;
  if (commands.some((one) => one === begin || one.startsWith(`${begin} `))) return undefined;
  return { typed, name, options };
}
