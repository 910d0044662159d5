import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked, Result, Tools } from './command.ts';
import { Misuse } from './command.ts';
import { LiveLines } from './live-lines.ts';

/** Seconds between two looks, where nothing is said, and the fewest and most. */
const INTERVAL = { usual: 2, least: 0.1, most: 3600 } as const;

/** The time between two looks, in milliseconds. @throws Misuse */
export function intervalIn({ options }: Pick<Asked, 'options'>): number {
  const given = options['interval'];
  if (given === undefined) return INTERVAL.usual * 1000;
  const seconds = Number(given);
  if (String(given).trim() === '' || !(seconds >= INTERVAL.least && seconds <= INTERVAL.most)) {
    throw new Misuse(`--interval takes seconds, ${INTERVAL.least} to ${INTERVAL.most}`);
  }
  return seconds * 1000;
}

/**
 * Shows what a command comes to, again and again, until it is given up: on a terminal in place, as much as fits; elsewhere it
 * is appended whenever it has changed, JSON on one line each.
 */
export async function watched(
  look: () => Promise<Result>,
  { signal, terminal }: Pick<Tools, 'signal' | 'terminal'>,
  { intervalMs, asJson }: { readonly intervalMs: number; readonly asJson: boolean },
): Promise<void> {
  const lines = new LiveLines(terminal.result);
  let before: string | undefined;
  while (!signal.aborted) {
    const { json, text } = await look();
    const now = asJson ? JSON.stringify(json) : text;
    if (now !== before) {
      if (lines.isTerminal && !asJson) lines.draw(now.split('\n'));
      else terminal.result.write(`${before === undefined || asJson ? '' : '\n'}${now}\n`);
      before = now;
    }
    // Given up is no failure.
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}
