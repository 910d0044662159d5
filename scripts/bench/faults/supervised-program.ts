import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProgram } from '#testing';
import { startProgram } from '#testing';

/** How long to wait before a program that could not be started is started again, in milliseconds. */
const AGAIN_MS = 1000;

/** A program of ours that a supervisor keeps: started again when it was killed, and told apart from one that ended by itself. */
export class SupervisedProgram {
  readonly name: string;
  readonly #start: () => Promise<RunningProgram>;
  readonly #logFile: string;
  #running: RunningProgram | undefined;
  #over = false;
  /** Starts that ended before it was ready, as where the database was away. */
  failedStarts = 0;

  /** @param program below `dist` @param ready found in the line it says that it is ready with */
  constructor(
    name: string,
    program: string,
    environment: Readonly<Record<string, string>>,
    ready: string,
    logFile: string,
  ) {
    this.name = name;
    this.#start = () => startProgram(program, environment, ready);
    this.#logFile = logFile;
  }

  /** Whether it is ready, as far as the supervisor knows. */
  get up(): boolean {
    return this.#running !== undefined;
  }

  get pid(): number {
    return this.#running?.pid ?? 0;
  }

  /** Whether it ended though nobody had told it to. */
  get ended(): boolean {
    return this.#running !== undefined && !alive(this.#running.pid);
  }

  /** The last lines of its log. */
  lastLines(count: number): readonly string[] {
    return this.#running?.lines.slice(-count) ?? [];
  }

  /** Starts it, again and again until it is ready. @throws Error where it ends at the very first start */
  async start({ first = false } = {}): Promise<void> {
    while (!this.#over) {
      try {
        this.#running = await this.#start();
        return;
      } catch (error) {
        if (first) throw error;
        this.failedStarts += 1;
        await this.#write([(error as Error).message]);
        await sleep(AGAIN_MS);
      }
    }
  }

  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.kill();
    await this.#write([...(running?.lines ?? []), '--- killed']);
  }

  async stop(): Promise<void> {
    this.#over = true;
    const running = this.#running;
    this.#running = undefined;
    if (running) signal(running.pid, 'SIGCONT');
    await Promise.race([running?.stop(), sleep(20_000, undefined, { ref: false })]);
    await running?.kill();
    await this.#write(running?.lines ?? []);
  }

  /** Lets it stand still, and go on after a while. */
  async hang(milliseconds: number): Promise<void> {
    const { pid } = this;
    signal(pid, 'SIGSTOP');
    await sleep(milliseconds);
    signal(pid, 'SIGCONT');
  }

  #write(lines: readonly string[]): Promise<void> {
    return appendFile(this.#logFile, lines.map((line) => `${line}\n`).join(''));
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (alive(pid)) process.kill(pid, name);
}

function alive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
