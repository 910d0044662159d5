import type { UnitOfWork } from '#kernel';
import type { JobTargets, TargetId } from './job-target.ts';
import { targetOf } from './job-target.ts';

/**
 * What is destroyed with a target, and what with that: each once, however it is reached, and behind everything that goes
 * before it.
 */
export async function destroyedWith(
  work: UnitOfWork,
  targets: JobTargets,
  target: TargetId,
): Promise<readonly TargetId[]> {
  const seen = new Set([nameOf(target)]);
  const found: TargetId[] = [];
  const follow = async (of: TargetId): Promise<void> => {
    for (const other of (await targetOf(targets, of).destroysWith?.(work, of.id)) ?? []) {
      if (seen.has(nameOf(other))) continue;
      seen.add(nameOf(other));
      await follow(other);
      found.push(other);
    }
  };
  await follow(target);
  return found;
}

const nameOf = ({ kind, id }: TargetId): string => `${kind} ${id}`;
