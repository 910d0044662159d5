import { Inject, Injectable } from '@nestjs/common';
import { DeletionRegistry } from '#api';
import { CommandExecutor } from '#event-store';
import { refuse } from '#kernel';
import type { Reconciler } from '#reactions';
import { Secrets } from '#secrets';
import { readDecided } from './decided.ts';
import { doomedOf, reopen } from './doomed.ts';
import type { KeptPreview } from './preview-ledger.ts';
import { PreviewLedger } from './preview-ledger.ts';
import type { PreviewState } from './preview.ts';
import { preview } from './preview.ts';

/** How often it is looked for previews that have expired. */
const EVERY_MS = 60_000;

/** Takes previews off, and the secrets that only they refer to. */
@Injectable()
export class EndPreviews {
  @Inject(PreviewLedger) protected readonly ledger!: PreviewLedger;
  @Inject(Secrets) protected readonly secrets!: Secrets;
  @Inject(CommandExecutor) protected readonly executor!: CommandExecutor;
  @Inject(DeletionRegistry) protected readonly deletions!: DeletionRegistry;

  /** @throws Refusal where it is being committed */
  async one({ id, secrets }: Pick<KeptPreview, 'id' | 'secrets'>): Promise<void> {
    const stage = await this.#stageOf(id);
    if (stage === 'committing' || !(await this.ledger.take(id))) {
      throw refuse('', 'COMMITTING', 'the preview is being committed');
    }
    // What was committed is in the log, and so is what refers to its secrets.
    if (stage !== 'committed') await this.secrets.drop(secrets);
  }

  /** Takes off those that have expired; what a server has left that ended in a commit is opened again. */
  async expired(signal: AbortSignal): Promise<void> {
    for (const one of await this.ledger.expired()) {
      if (signal.aborted) return;
      if ((await this.#stageOf(one.id)) === 'committing') {
        await reopen(this.executor, doomedOf(readDecided(one.decided), this.deletions), one.id, 'it has expired');
      }
      await this.one(one);
    }
  }

  get reconciler(): Reconciler {
    return {
      kind: 'reconciler',
      name: 'preview.end-expired',
      everyMs: EVERY_MS,
      reconcile: (signal) => this.expired(signal),
    };
  }

  async #stageOf(id: string): Promise<PreviewState['stage']> {
    return (await this.executor.preview(async (work) => (await work.load(preview, id)).stage)).value;
  }
}
