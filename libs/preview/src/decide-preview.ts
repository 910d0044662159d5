import type { DeletionRegistry, PreviewStep } from '#api';
import { DeleteCommand } from '#api';
import { Refusal } from '#kernel';
import type { UnitOfWork } from '#kernel';
import { notPreviewable } from '#event-store';
import type { RunParts, SentDeletion } from './preview-run.ts';
import { countsOf, PreviewRun } from './preview-run.ts';

/** What requests have come to within a preview. */
export interface DecidedPreview {
  readonly run: PreviewRun;
  readonly answers: readonly { readonly status: number; readonly body?: unknown }[];
  /** How many of the first events of each stream only close what is deleted. */
  readonly closing: ReadonlyMap<string, number>;
}

/**
 * Carries out requests in a unit of work. What they delete is closed first, all of it, as what is deleted is closed by an
 * append of its own: whoever refers to it from then on is refused.
 * @throws what the requests would; Refusal where something is changed and deleted together
 */
export async function decidePreview(
  work: UnitOfWork,
  steps: readonly PreviewStep[],
  parts: RunParts & { readonly deletions: Pick<DeletionRegistry, 'of'> },
): Promise<DecidedPreview> {
  const first = await carryOut(work.fork(), steps, parts);
  const { deletions } = first.run;
  if (deletions.length === 0) {
    work.absorb(first.run.work);
    return { ...first, closing: new Map() };
  }
  const closing = work.fork();
  for (const one of deletions) await closeAll(closing, one, parts.deletions);
  work.absorb(closing);
  const counts = countsOf(work);
  const second = await carryOut(work.fork(), steps, parts).catch((error: unknown) => {
    if (error instanceof Refusal) {
      throw notPreviewable('the batch', `it changes what it deletes, which is closed first: ${error.message}`);
    }
    throw error;
  });
  work.absorb(second.run.work);
  return { ...second, closing: counts };
}

async function carryOut(work: UnitOfWork, steps: readonly PreviewStep[], parts: RunParts) {
  const run = new PreviewRun(work, parts);
  const answers: { readonly status: number; readonly body?: unknown }[] = [];
  await run.within(async () => {
    for (const step of steps) answers.push(await step.run());
  });
  return { run, answers };
}

/** Closes what a command deletes; what cannot be closed yet, because others of the deletions stand in the way, is closed by itself. */
async function closeAll(work: UnitOfWork, { command, context }: SentDeletion, deletions: Pick<DeletionRegistry, 'of'>) {
  if (!(command instanceof DeleteCommand)) throw new Error(`${command.commandName} deletes nothing`);
  const handler = deletions.of(command);
  for (const key of command.keys) await work.faultsOf(() => handler.closeWithin(work, key, context));
}
