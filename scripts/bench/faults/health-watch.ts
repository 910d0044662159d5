import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultedServer } from './installation.ts';

/** How often each server is asked, in milliseconds, and how long it may take. */
const ASK_MS = 250;
const TIMEOUT_MS = 15_000;

/** What `/health` of a server said; without a status where it did not answer though the server ran all the time. */
export interface HealthAnswer {
  readonly server: string;
  readonly asked: number;
  readonly answered: number;
  readonly status: string | undefined;
  /** The parts that are not ok, and why. */
  readonly reasons: string;
}

interface HealthBody {
  readonly status: string;
  readonly quarantine: Readonly<Record<string, unknown>>;
  readonly reactions: Readonly<
    Record<string, { status: string; deadLetters: number; lastError: { text: string } | null }>
  >;
  readonly checks: Readonly<Record<string, { status: string; reason?: string }>>;
}

/** Asks both servers how they are, all the time. */
export class HealthWatch {
  readonly answers: HealthAnswer[] = [];

  async run(server: FaultedServer, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { pid, name } = server.program;
      if (pid > 0) {
        const asked = performance.now();
        const { status, reasons } = await ask(server.url);
        const same = server.program.pid === pid && !server.program.ended;
        if (status !== undefined || same) {
          this.answers.push({ server: name, asked, answered: performance.now(), status, reasons });
        }
      }
      await sleep(ASK_MS);
    }
  }

  /** How often each status was told. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status = 'no answer' } of this.answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
}

/** Asks a server how it is, once. */
export async function ask(url: string): Promise<{ readonly status: string | undefined; readonly reasons: string }> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = (await answer.json()) as HealthBody;
    return { status: body.status, reasons: reasonsOf(body) };
  } catch (error) {
    return { status: undefined, reasons: String((error as Error).cause ?? error) };
  }
}

function reasonsOf({ quarantine, reactions, checks }: HealthBody): string {
  return [
    ...Object.entries(checks)
      .filter(([, check]) => check.status !== 'ok')
      .map(([name, { status, reason }]) => `${name} ${status}: ${reason ?? ''}`),
    ...Object.entries(reactions)
      .filter(([, { status, deadLetters }]) => status === 'retrying' || deadLetters > 0)
      .map(
        ([name, { status, deadLetters, lastError }]) => `${name} ${status}, ${deadLetters} dead: ${lastError?.text}`,
      ),
    ...Object.entries(quarantine).map(([model, keys]) => `quarantine of ${model}: ${JSON.stringify(keys)}`),
  ].join('; ');
}
