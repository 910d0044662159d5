import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer } from '#runtime/http-request';
import type { RedfishClient } from './client.ts';
import { bodyOf, linkOf, Refused } from './client.ts';
import { messagesIn } from './messages.ts';

/** States of a task in which it is at work (DSP0266, Task). */
const AT_WORK: readonly unknown[] = ['New', 'Starting', 'Running', 'Pending', 'Service', 'Stopping', 'Cancelling'];

/** Whether a task in this state is at work. */
export const isAtWork = (state: unknown): boolean => AT_WORK.includes(state);

/** How a task stands. */
export interface Progress {
  readonly isOver: boolean;
  /** What it says of itself; undefined: it is over and gone, or its monitor does not tell. */
  readonly state: unknown;
}

/** Where the task of an answer is: what it has is the task, or a header says it; undefined: it has none. */
export function taskIn(client: RedfishClient, answer: HttpAnswer): string | undefined {
  const body = bodyOf(answer);
  const named = typeof body?.['TaskState'] === 'string' ? linkOf(body) : undefined;
  return named ?? client.pathIn(answer);
}

/**
 * Looks at a task, or at its monitor, which answers 202 until it is over. One that is gone is over.
 * @param what what it does, for people
 * @throws Error where it has failed; NotReached; Refused
 */
export async function progressOf(client: RedfishClient, path: string, what: string): Promise<Progress> {
  const answer = await client.send('GET', path).catch((error: unknown) => {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  });
  if (answer === undefined) return { isOver: true, state: undefined };
  const { TaskState: state, TaskStatus: status = 'OK', Messages: messages } = bodyOf(answer) ?? {};
  if (state === undefined) return { isOver: answer.status !== 202, state };
  if (isAtWork(state)) return { isOver: false, state };
  if (state === 'Completed' && status === 'OK') return { isOver: true, state };
  const said = messagesIn(messages);
  throw new Error(`${what} has ended as ${JSON.stringify(state)}${said === '' ? '' : `: ${said}`}`);
}

/**
 * Looks at what was changed until it holds, or for some seconds after the service has done it: one that has only accepted a
 * change (202) does it in a task. @returns what is seen last, whether it holds or not
 * @throws Error where the task has failed, or is not over in time
 */
export async function seenAfter<T>(
  client: RedfishClient,
  answer: HttpAnswer,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const { everyMs, seenMs, taskMs } = client.changing;
  let task = answer.status === 202 ? taskIn(client, answer) : undefined;
  let limit = performance.now() + (task === undefined ? seenMs : taskMs);
  for (;;) {
    if (task !== undefined && (await progressOf(client, task, 'what was asked for')).isOver) {
      task = undefined;
      limit = performance.now() + seenMs;
    }
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() >= limit) {
      if (task === undefined) return seen;
      throw new Error(`what was asked for was accepted, and is not done after ${taskMs / 1000} s`);
    }
    await sleep(everyMs, undefined, { signal: client.signal });
  }
}
