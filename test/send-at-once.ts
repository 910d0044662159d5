import type { NamedCommand } from '#event-store';
import { Refusal } from '#kernel';

/**
 * Sends random commands at the same time. A refusal is an answer, anything else a failure.
 * @param send carries one out
 * @param granted takes up how many of each kind were granted, by the names of the commands
 */
export async function sendAtOnce(
  commands: readonly NamedCommand<unknown>[],
  send: (command: NamedCommand<unknown>) => Promise<unknown>,
  granted: Map<string, number>,
): Promise<void> {
  for (const [n, done] of (await Promise.allSettled(commands.map(send))).entries()) {
    const called = commands[n]!.commandName;
    if (done.status === 'fulfilled') granted.set(called, (granted.get(called) ?? 0) + 1);
    else if (!(done.reason instanceof Refusal)) throw done.reason;
  }
}
