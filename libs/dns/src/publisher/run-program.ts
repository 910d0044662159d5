import { spawn } from 'node:child_process';

/** How much of what a program writes is kept, in characters. */
export const MAX_OUTPUT = 4000;

/** How a program ended. */
export interface ProgramResult {
  /** Its exit code; null where a signal ended it. */
  readonly code: number | null;
  /** The first {@link MAX_OUTPUT} characters of what it wrote, to either stream. */
  readonly output: string;
}

/** A program could not be run, or was ended because it took too long. */
export class ProgramFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProgramFailed';
  }
}

/** Debian puts some programs where only root looks. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`,
  LC_ALL: 'C',
});

/**
 * Runs a program without a shell, with nothing to read, and with nothing of our environment but the search path.
 * @throws ProgramFailed; the reason of the signal
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => (output = `${output}${part}`.slice(0, MAX_OUTPUT)));
  }
  let late = false;
  const end = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    end();
  }, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await new Promise<ProgramResult>((resolve, reject) => {
      child.once('error', (cause) => {
        const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
        const why = missing ? 'is not installed' : `cannot be run: ${cause.message}`;
        reject(new ProgramFailed(`${program} ${why}`, { cause }));
      });
      child.once('close', (code) => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if (late) reject(new ProgramFailed(`${program} did not end within ${timeoutMs / 1000} s`));
        else resolve({ code, output: output.trim() });
      });
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}
