import type { DeletionHandler, DeletionRegistry } from '#api';
import type { CommandExecutor } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import type { Decided } from './decided.ts';
import { preview } from './preview.ts';

/** Objects that a preview deletes, and who deletes them. */
export interface Doomed {
  readonly handler: DeletionHandler;
  readonly keys: readonly Key[];
}

export const doomedOf = (
  { deletions }: Pick<Decided, 'deletions'>,
  registry: Pick<DeletionRegistry, 'named'>,
): readonly Doomed[] =>
  deletions.map(({ command, keys }) => {
    const handler = registry.named(command);
    if (!handler) throw new Error(`${command} has no handler that deletes`);
    return { handler, keys };
  });

/** Opens again what was closed to be deleted: the preview is not committed any more. */
export async function reopen(
  executor: Pick<CommandExecutor, 'execute'>,
  doomed: readonly Doomed[],
  id: string,
  reason: string,
): Promise<void> {
  const task = async (work: UnitOfWork): Promise<void> => {
    for (const { handler, keys } of doomed) for (const key of keys) await handler.reopenWithin(work, key);
    await work.decide(preview, id, { type: 'FailPreviewCommit', data: { reason } });
  };
  const request = `${id}/reopen`;
  await executor.execute({ actor: 'system', request, correlation: id, command: 'CommitPreview' }, task, { large: true });
}
