import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { commandLine } from '../apps/cli/src/command-line.ts';
import type { LiveOutput } from '../apps/cli/src/live-lines.ts';

/** How a command ended, and what it wrote. */
export interface CommandEnded {
  /** The exit code of its program; null where a signal has ended that. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** With what a command is run. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What is typed in; nothing unless said. */
  readonly input?: string;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

/** A command that is under way. */
export interface CommandBegun {
  /** What it has written so far. */
  readonly said: { readonly out: string; readonly err: string };
  readonly ended: Promise<CommandEnded>;
}

/** A stream that keeps what is written into it. */
class Written {
  text = '';
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** Begins a command of the command line as its program does, in this process: a program for each takes long to start. */
export function beginCommand(
  args: readonly string[],
  { environment, input = '', signal = new AbortController().signal }: CommandSurroundings,
): CommandBegun {
  const [out, err] = [new Written(), new Written()];
  const code = commandLine({
    args,
    environment: { PATH: process.env['PATH'], ...environment },
    input: Readable.from(input === '' ? [] : [input]) as unknown as NodeJS.ReadStream,
    output: err as unknown as LiveOutput,
    result: out as unknown as LiveOutput,
    signal,
  });
  const said = {
    get out() {
      return out.text;
    },
    get err() {
      return err.text;
    },
  };
  return { said, ended: code.then((ended) => ({ code: ended, out: out.text, err: err.text })) };
}

/** Runs a command to its end. */
export const runCommand = (args: readonly string[], surroundings: CommandSurroundings): Promise<CommandEnded> =>
  beginCommand(args, surroundings).ended;

/** Runs it in a process of its own, as its users do. */
export async function runProgram(
  args: readonly string[],
  { environment, input = '' }: Omit<CommandSurroundings, 'signal'>,
): Promise<CommandEnded> {
  const child = spawn(process.execPath, [path.resolve('dist/contractor.cjs'), ...args], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
