import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a simulated engine was asked since it was last asked for that. */
export interface SimulatedRound {
  /** Containers it has made. */
  readonly made: number;
  readonly requests: number;
  /** From the first request to the last answer, in seconds. */
  readonly seconds: number;
  /** How many requests it had at a time, at the most. */
  readonly atOnce: number;
}

/** An engine that makes no containers and says it does. */
export interface SimulatedEngine {
  readonly endpoint: string;
  /** How many containers it has made since `round` was asked for. */
  made(): Promise<number>;
  /** What it was asked since the last time. */
  round(): Promise<SimulatedRound>;
  stop(): Promise<void>;
}

/** Starts one in a process of its own. @param answerMs how long each of its answers takes, in milliseconds */
export async function startSimulatedEngine(answerMs: number): Promise<SimulatedEngine> {
  const script = fileURLToPath(new URL('simulator-process.ts', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, String(answerMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const port = await next();
  return {
    endpoint: `tcp://127.0.0.1:${port}`,
    async made() {
      child.stdin.write('made\n');
      return Number(await next());
    },
    async round() {
      child.stdin.write('round\n');
      return JSON.parse(await next()) as SimulatedRound;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
