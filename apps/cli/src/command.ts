import type { ParseArgsConfig } from 'node:util';
import type { Prompt } from './ask-secret.ts';
import type { ProgressLine } from './progress-line.ts';
import type { RestClient, Session, Values } from './rest-client.ts';

/** What a command line says, taken apart. */
export interface Asked {
  /** What stands behind the words of the command. */
  readonly names: readonly string[];
  /** Options by name; those that may be repeated are lists. */
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** What a command works with. */
export interface Tools {
  /** Speaks for the session that is kept, or for nobody. */
  readonly client: RestClient;
  /** Whose session is kept. */
  readonly user: string | undefined;
  readonly asker: Prompt;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where it is shown how far something has come that takes a while. */
  readonly progress: ProgressLine;
  /** Keeps a session for the next commands; undefined: forgets it. */
  keep(session: Session | undefined): Promise<void>;
}

/** What a command came to: what a program reads, and how a person reads it. */
export interface Result {
  readonly json: unknown;
  readonly text: string;
}

/** One command of the command line. */
export interface Command {
  /** What stands behind its words: `NAME [PERMISSION…]`. */
  readonly usage: string;
  /** What it does, in a few words. */
  readonly does: string;
  /** How many names it takes: at least, and at most. */
  readonly names: readonly [least: number, most: number];
  readonly options?: ParseArgsConfig['options'];
  readonly run: (asked: Asked, tools: Tools) => Promise<Result>;
}

/** A command line that cannot be understood. */
export class Misuse extends Error {}

/** The values of an option that may be repeated. */
export const listOf = ({ options }: Asked, name: string): string[] =>
  ([options[name] ?? []].flat() as string[]).map(String);

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
  const widths = Object.keys(columns).map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((text, n) => text.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd();
  return { json: objects.map(({ _links, ...object }) => object), text: rows.map(line).join('\n') };
}

function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
