import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Position } from '#event-store';
import type { Key, Projector, View } from '#read-store';
import type { Call, Deletion } from './model.ts';

/** How long a deletion waits for the read models to show that the object is closed, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Deletes objects together or not at all: *close, look, delete*. Whoever refers to an object checks that it is open, so
 * once it is closed and the read models show it, the look misses nobody, on whichever store.
 * @throws Refusal `Not Deletable`, naming who still uses it
 */
export async function deleteObjects(
  { close, users, reopen, remove }: Deletion,
  keys: readonly Key[],
  call: Call,
  ground: {
    readonly head: () => Promise<Position>;
    readonly projector: Pick<Projector, 'caughtUp'>;
    readonly view: View;
    /** Looks whether the objects are still what the caller takes them for. */
    readonly check: () => Promise<void>;
  },
): Promise<void> {
  const each = (step: (work: UnitOfWork, key: Key) => Promise<void>, check?: () => Promise<void>) =>
    call.execute(async (work) => {
      for (const key of keys) await step(work, key);
      await check?.();
    });
  const closed = await each((work, key) => close(work, key, call), ground.check);
  await ground.projector.caughtUp(closed.position ?? (await ground.head()), TIMEOUT_MS);
  const used = (await Promise.all(keys.map((key) => users(ground.view, key)))).flat();
  if (used.length > 0) {
    await each(reopen);
    throw refuse(
      '',
      'NOT_DELETABLE',
      `Not Deletable: used by ${used.slice(0, 10).join(', ')}${used.length > 10 ? ', …' : ''}`,
    );
  }
  // Nobody changes what is closed; where closing is not a step of its own, it is looked again.
  await each((work, key) => remove(work, key, ground.view), closed.position === undefined ? ground.check : undefined);
}
