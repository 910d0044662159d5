import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A built program of ours in a process of its own. */
export interface RunningProgram {
  readonly pid: number;
  /** What it has written so far, line by line. */
  readonly lines: readonly string[];
  /** Ends it the hard way. */
  kill(): Promise<void>;
  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null>;
}

/** How long a program may take to say that it is ready, in milliseconds. */
const TIMEOUT_MS = 120_000;

/**
 * Starts a program and waits until it has written a line that `ready` is found in.
 * @param program path below `dist`, without ending
 * @param within the words that run a program where it is to run
 */
export async function startProgram(
  program: string,
  environment: Readonly<Record<string, string>>,
  ready: string,
  within: readonly string[] = [],
): Promise<RunningProgram & { readonly readyLine: string }> {
  const file = path.resolve('dist', `${program}.js`);
  const [command, ...words] = [...within, process.execPath, file];
  const child = spawn(command, words, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const readyLine = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${program} ${why}:\n${lines.join('\n')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('was not ready in time');
    }, TIMEOUT_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
    const read = (line: string): void => {
      lines.push(line);
      if (!line.includes(ready)) return;
      clearTimeout(timer);
      resolve(line);
    };
    eachLine(child, read);
  });
  child.removeAllListeners('exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    pid: child.pid ?? 0,
    lines,
    readyLine,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

function eachLine(child: ChildProcess, read: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) read(line);
    });
  }
}
