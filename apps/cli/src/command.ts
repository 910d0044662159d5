import type { Prompt, Terminal } from './ask-secret.ts';
import { inColumns } from './in-columns.ts';
import type { LiveOutput } from './live-lines.ts';
import type { ProgressLine } from './progress-line.ts';
import type { RestClient, Session, Values } from './rest-client.ts';
import type { ServerChoice } from './server-choice.ts';

/** What a command line says, taken apart. */
export interface Asked {
  /** What stands behind the words of the command. */
  readonly names: readonly string[];
  /** Options by name; those that may be repeated are lists. */
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** Where a command reads what it asks for, tells of itself (standard error), and writes what it comes to. */
export interface Streams extends Terminal {
  readonly output: LiveOutput;
  readonly result: LiveOutput;
}

/** What a command works with. */
export interface Tools {
  /** Speaks for the session that is kept, or for nobody. @throws Error at once where the command is `local` */
  readonly client: RestClient;
  /** Whose session is kept. */
  readonly user: string | undefined;
  readonly asker: Prompt;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where it is shown how far something has come that takes a while. */
  readonly progress: ProgressLine;
  /** Aborts when the command is given up (Ctrl-C). */
  readonly signal: AbortSignal;
  /** What the command reads from and writes to. */
  readonly terminal: Streams;
  /** Where the server of the command comes from. */
  readonly choice: ServerChoice | undefined;
  /** Keeps a session for the next commands; undefined: forgets it. */
  keep(session: Session | undefined): Promise<void>;
}

/** What a command came to: what a program reads, and how a person reads it. */
export interface Result {
  readonly json: unknown;
  readonly text: string;
  /** Ids of the jobs it made; with `--wait` they are followed until they are over. */
  readonly jobs?: readonly (number | string)[];
  /** What follows the jobs by itself; with `--wait` it is waited for, too. @returns whether it went well */
  readonly afterwards?: () => Promise<boolean>;
  /** It is shown, and the command has failed all the same. */
  readonly failed?: boolean;
  /** It is shown already, or there is nothing to show: neither as text nor as JSON. */
  readonly silent?: boolean;
}

/** What can be typed at a place: some words, or the ids of the objects of a model (`{ model: 'Site/Site' }`). */
export type Completion = readonly string[] | { readonly model: string };

/** An option of a command: as `parseArgs` has them, with what `--help` and completion tell of it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** It may be given again and again, and its values are a list. */
  readonly multiple?: boolean;
  /** Its letter: `n` for `-n`. */
  readonly short?: string;
  /** What `--help` calls its value: `SITE`; its own name in capitals where nothing is said. */
  readonly value?: string;
  /** What it does, in a few words. */
  readonly does: string;
  /** What its value can be. */
  readonly completes?: Completion;
}

/** One command of the command line; the words that name it, up to three, are its key: `blueprint foundation create`. */
export interface Command {
  /** What stands behind its words: `NAME [PERMISSION…]`. */
  readonly usage: string;
  /** What it does, in a few words. */
  readonly does: string;
  /** More of it, for `--help`: paragraphs, examples. */
  readonly about?: string;
  /** How many names it takes: at least, and at most. */
  readonly names: readonly [least: number, most: number];
  /** What is said where there are too few names: `requires a Site Id/Name argument`. */
  readonly needs?: string;
  /** What its names can be, one after the other; the last one goes for all that follow. */
  readonly completes?: readonly Completion[];
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** Other words that name it as well. */
  readonly aliases?: readonly string[];
  /** Whether it takes `--watch`: run again and again; where nothing is said, those do whose last word is list or get. */
  readonly watches?: boolean;
  /** It can show only what is now, so it takes no `--at`. */
  readonly ofNow?: boolean;
  /** It makes jobs, which its result names, and takes `--wait`. */
  readonly makesJobs?: boolean;
  /** It speaks to no server, so none is looked for; `without-server`: unless one is named. */
  readonly local?: boolean | 'without-server';
  /** It is for programs: help does not name it. */
  readonly hidden?: boolean;
  readonly run: (asked: Asked, tools: Tools) => Promise<Result>;
}

/** A command line that cannot be understood. */
export class Misuse extends Error {}

/** The values of an option that may be repeated. */
export const listOf = ({ options }: Asked, name: string): string[] =>
  ([options[name] ?? []].flat() as string[]).map(String);

/** The value of an option that was given; undefined: it was not. */
export const valueOf = ({ options }: Pick<Asked, 'options'>, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** The first name. */
export const nameOf = ({ names }: Asked): string => names[0] ?? '';

/** A result in words. */
export const told = (text: string, json: unknown = null): Result => ({ json, text });

/** Objects as a table: a column for each title, filled by its function. */
export function table(
  objects: readonly Values[],
  columns: Readonly<Record<string, (object: Values) => unknown>>,
): Result {
  const rows = [
    Object.keys(columns),
    ...objects.map((object) => Object.values(columns).map((cell) => cellText(cell(object)))),
  ];
  return { json: objects.map(({ _links, ...object }) => object), text: inColumns(rows) };
}

function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
