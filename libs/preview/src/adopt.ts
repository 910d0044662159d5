import type { Features } from '#event-sourcing';
import type { Decider, Message, UnitOfWork, Refusal } from '#kernel';
import { categoryOf, idOf, redate, refuse } from '#kernel';
import type { Decided } from './decided.ts';
import { partOf } from './decided.ts';

/** How many things are named that have changed since a preview. */
const MAX_NAMED = 20;

/**
 * Has a unit of work decide what a preview has decided: all of it that only closes what is deleted, or all behind that.
 * Moments that count from the append count from now.
 * @param now ISO 8601
 * @returns what is otherwise than it was, each by its kind and id: `site site1`
 */
export async function adoptAll(
  work: UnitOfWork,
  { at, writes, checks }: Pick<Decided, 'at' | 'writes' | 'checks'>,
  { deciders }: Pick<Features, 'deciders'>,
  part: 'closing' | 'rest',
  now: string,
): Promise<readonly string[]> {
  const known = new Map(
    deciders.map((decider) => [decider.category, decider as unknown as Decider<unknown, Message, Message>]),
  );
  const changed: string[] = [];
  const adopt = async (stream: string, expected: number, events: readonly Message[]): Promise<void> => {
    const decider = known.get(categoryOf(stream));
    if (!decider) throw new Error(`no decider has streams like ${stream}`);
    const messages = events.map((event) => redate(decider, event, { decided: at ?? now, appended: now }));
    const isThere = await work.adopt(decider, idOf(stream), { expected, events: messages });
    if (!isThere) changed.push(`${categoryOf(stream)} ${idOf(stream)}`);
  };
  for (const write of writes) {
    const { stream, expected, events } = partOf(write, part);
    await adopt(stream, expected, events);
  }
  for (const { stream, revision } of checks) await adopt(stream, revision, []);
  return changed;
}

/** @throws Refusal naming what has changed, unless nothing has */
export function throwIfChanged(changed: readonly string[]): void {
  if (changed.length > 0) throw changedSince(changed);
}

const changedSince = (changed: readonly string[]): Refusal => {
  const named = changed.slice(0, MAX_NAMED).join(', ');
  const more = changed.length > MAX_NAMED ? `, and ${changed.length - MAX_NAMED} more` : '';
  return refuse('', 'CHANGED', `changed since the preview: ${named}${more}; preview it again`);
};
