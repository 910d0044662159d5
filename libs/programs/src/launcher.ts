import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProgramOptions, ProgramResult } from './program.ts';
import { environmentOf, MAX_OUTPUT, ProgramFailed } from './program.ts';
import { Slots } from './slots.ts';

const LAUNCHER_PROCESS = fileURLToPath(new URL('./launcher-process.cjs', import.meta.url));

/** Programs that run at a time; others wait for their turn, and their time limit begins with it. */
export const MAX_RUNNING = 1000;

/** After its time limit, or its abort, a program is answered for within so many milliseconds; else the launcher hangs. */
const ANSWER_WITHIN_MS = 10_000;

/** The end of the log of a launcher that died which is told, in characters. */
const MAX_COMPLAINT = 500;

/** What the launcher says of the end of a run. */
interface Ended extends ProgramResult {
  readonly ended: number;
  readonly late: boolean;
  readonly error?: { readonly code?: string; readonly message: string };
}
type Message = Ended | { readonly started: number; readonly pid: number };

/** A run that has been given to the launcher. */
interface Run {
  readonly settle: (ended: Ended | ProgramFailed) => void;
  pid?: number;
}

/** How one life of a launcher is told apart from the next. */
interface Life {
  readonly child: ChildProcess;
  readonly runs: Map<number, Run>;
  complaint: string;
}

/**
 * Starts programs from a small process of its own, made with the first program and again where it has died: a process
 * stands still while it forks, and the longer the more memory it has. When it dies, its programs are killed and their runs
 * fail; when we die, however, it kills what it has started and ends.
 */
export class ProgramLauncher {
  readonly #slots: Slots;
  readonly #answerWithinMs: number;
  #life: Life | undefined;
  #lastRun = 0;

  constructor({ maxRunning = MAX_RUNNING, answerWithinMs = ANSWER_WITHIN_MS } = {}) {
    this.#slots = new Slots(maxRunning);
    this.#answerWithinMs = answerWithinMs;
  }

  /** Process id of the launcher; undefined: there is none now. */
  get pid(): number | undefined {
    return this.#life?.child.pid;
  }

  /**
   * Runs a program in a process group of its own, without a shell, and resolves when it has ended, whatever its exit code.
   * What it leaves behind in its process group is killed.
   * @throws ProgramFailed; the reason of the signal
   */
  async run(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
    const { signal } = options;
    signal?.throwIfAborted();
    const release = await this.#slots.take(signal);
    try {
      signal?.throwIfAborted();
      const ended = await this.#perform(program, args, options);
      if (signal?.aborted) throw signal.reason;
      if (ended instanceof ProgramFailed) throw ended;
      if (ended.error) throw notStarted(program, ended.error);
      if (ended.late) throw new ProgramFailed('late', `${program} did not end within ${options.timeoutMs / 1000} s`);
      const { code, signal: endedBy, stdout, stderr, cut } = ended;
      return { code, signal: endedBy, stdout, stderr, cut };
    } finally {
      release();
    }
  }

  /** Kills what runs, and ends the launcher. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (!life) return;
    const gone = new Promise((resolve) => life.child.once('exit', resolve));
    life.child.ref();
    if (life.child.connected) life.child.disconnect();
    await gone;
  }

  #perform(
    program: string,
    args: readonly string[],
    { timeoutMs, signal, env, input, cwd, maxOutput = MAX_OUTPUT }: ProgramOptions,
  ): Promise<Ended | ProgramFailed> {
    const life = (this.#life ??= this.#begin());
    this.#lastRun += 1;
    const run = this.#lastRun;
    return new Promise((resolve) => {
      const hangs = () => life.child.kill('SIGKILL');
      let watchdog = setTimeout(hangs, timeoutMs + this.#answerWithinMs);
      const abort = () => {
        send(life, { end: run });
        clearTimeout(watchdog);
        watchdog = setTimeout(hangs, this.#answerWithinMs);
      };
      signal?.addEventListener('abort', abort, { once: true });
      if (life.runs.size === 0) hold(life);
      life.runs.set(run, {
        settle: (ended) => {
          clearTimeout(watchdog);
          signal?.removeEventListener('abort', abort);
          life.runs.delete(run);
          if (life.runs.size === 0) letGo(life);
          resolve(ended);
        },
      });
      send(life, { start: run, program, args, env: environmentOf(env), cwd, input, timeoutMs, maxOutput });
    });
  }

  #begin(): Life {
    const child = spawnLauncher();
    const life: Life = { child, runs: new Map(), complaint: '' };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      life.complaint = `${life.complaint}${text}`.slice(-MAX_COMPLAINT);
    });
    const over = (how: string) => {
      if (this.#life === life) this.#life = undefined;
      for (const run of life.runs.values()) {
        // Nobody is left who could end them.
        if (run.pid !== undefined) killGroup(run.pid);
        run.settle(new ProgramFailed('lost', `the process that starts programs ${how}`));
      }
    };
    child.on('message', (message: Message) => {
      if ('pid' in message) {
        const run = life.runs.get(message.started);
        if (run) run.pid = message.pid;
      } else life.runs.get(message.ended)?.settle(message);
    });
    child.on('exit', (code, signal) => {
      const ended = () => over(`ended (${signal ?? `code ${code}`})${words(life.complaint)}`);
      // What it has said of programs it started may not have been read yet.
      if (child.connected) child.once('disconnect', ended);
      else ended();
    });
    child.on('error', ({ message }) => over(`failed: ${message}`));
    letGo(life);
    return life;
  }
}

/** @throws ProgramFailed where the machine has no room for it */
function spawnLauncher(): ChildProcess {
  try {
    return spawn(process.execPath, [LAUNCHER_PROCESS], {
      // Signals of a terminal do not reach it, and nothing of our environment, which may hold passwords.
      detached: true,
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  } catch (error) {
    throw new ProgramFailed('lost', `the process that starts programs failed: ${(error as Error).message}`);
  }
}

/** What cannot be sent is settled by the end of the launcher. */
const send = ({ child }: Life, message: object): void => {
  if (child.connected) child.send(message, () => undefined);
};

/** The launcher keeps our process running while it runs something, and not beyond. */
function hold({ child }: Life): void {
  child.ref();
  child.channel?.ref();
}
function letGo({ child }: Life): void {
  child.unref();
  child.channel?.unref();
  (child.stderr as { unref?(): void } | null)?.unref?.();
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const words = (complaint: string): string => (complaint.trim() === '' ? '' : `: ${complaint.trim()}`);

function notStarted(program: string, { code, message }: { readonly code?: string; readonly message: string }): Error {
  if (code === 'ENOENT') return new ProgramFailed('missing', `${program} is not installed`);
  return new ProgramFailed('not-started', `${program} cannot be run: ${message}`);
}
