import { setTimeout as sleep } from 'node:timers/promises';
import type { Findings } from './findings.ts';
import type { Installation } from './installation.ts';

/** Tells programs that ended though nobody had told them to. */
export async function watchPrograms(
  { servers, agents }: Installation,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const program of [...servers.map((server) => server.program), ...agents]) {
      if (program.ended) findings.add('ENDED', `${program.name} ended by itself: ${program.lastLines(3).join(' | ')}`);
    }
    await sleep(100);
  }
}
