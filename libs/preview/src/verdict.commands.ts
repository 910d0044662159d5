import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { Features } from '#event-sourcing';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { adoptAll, throwIfChanged } from './adopt.ts';
import { digestOf, readDecided } from './decided.ts';
import { findPreview } from './find-preview.ts';
import type { KeptPreview } from './preview-ledger.ts';
import { PreviewLedger } from './preview-ledger.ts';
import type { Verdict } from './preview.ts';
import { preview } from './preview.ts';

/** The longest reason, in characters. */
export const MAX_REASON = 1000;

/** Says yes to a preview of somebody else, as long as what it rests on is as it was; results in its id. */
export class ApprovePreview extends NamedCommand<string> {
  constructor(
    readonly id: string,
    readonly why: string,
  ) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }
}

/** Says no to a preview of somebody else: it is not committed any more; results in its id. */
export class RejectPreview extends NamedCommand<string> {
  constructor(
    readonly id: string,
    readonly why: string,
  ) {
    super();
  }
}

abstract class VerdictHandler<C extends ApprovePreview | RejectPreview> extends UnitOfWorkHandler<C, KeptPreview> {
  @Inject(PreviewLedger) protected readonly ledger!: PreviewLedger;
  @Inject(Features) protected readonly features!: Features;

  override prepare({ id }: C): Promise<KeptPreview> {
    return findPreview(this.ledger, id);
  }

  protected verdict(work: UnitOfWork, { why }: C, { metadata: { actor } }: CommandContext, kept: KeptPreview): Verdict {
    if (actor === kept.by) work.fault('', 'OWN_PREVIEW', 'somebody else has to say so');
    if (why.length > MAX_REASON) work.fault('reason', 'TOO_LONG', `must be at most ${MAX_REASON} characters long`);
    work.throwIfFaulted();
    return { by: actor, reason: why, digest: digestOf(kept.decided) };
  }
}

@CommandHandler(ApprovePreview)
class ApprovePreviewHandler extends VerdictHandler<ApprovePreview> {
  async decide(work: UnitOfWork, command: ApprovePreview, context: CommandContext, kept: KeptPreview) {
    const data = this.verdict(work, command, context, kept);
    if (!kept.needsApproval) throw refuse('', 'NO_APPROVAL', 'the preview needs no approval');
    const { writes, checks } = readDecided(kept.decided);
    // Looked at, and not written: what was approved rests on what is there now.
    const rests = writes.map(({ stream, expected }) => ({ stream, revision: expected }));
    throwIfChanged(
      await adoptAll(work, { writes: [], checks: [...rests, ...checks] }, this.features, 'rest', context.now),
    );
    await work.decide(preview, kept.id, { type: 'ApprovePreview', data });
    return kept.id;
  }
}

@CommandHandler(RejectPreview)
class RejectPreviewHandler extends VerdictHandler<RejectPreview> {
  async decide(work: UnitOfWork, command: RejectPreview, context: CommandContext, kept: KeptPreview) {
    const data = this.verdict(work, command, context, kept);
    await work.decide(preview, kept.id, { type: 'RejectPreview', data });
    return kept.id;
  }
}

export const verdictHandlers = [ApprovePreviewHandler, RejectPreviewHandler];
