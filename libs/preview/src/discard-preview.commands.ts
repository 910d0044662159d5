import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandResult } from '#event-store';
import { CommandContext, NamedCommand } from '#event-store';
import { EndPreviews } from './end-previews.ts';
import { findVisible } from './find-preview.ts';
import { PreviewLedger } from './preview-ledger.ts';

/** Takes a preview off, with all it held; results in its id. */
export class DiscardPreview extends NamedCommand<string> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(DiscardPreview)
export class DiscardPreviewHandler implements ICommandHandler<DiscardPreview> {
  constructor(
    @Inject(PreviewLedger) private readonly ledger: PreviewLedger,
    @Inject(EndPreviews) private readonly end: EndPreviews,
  ) {}

  /** @throws Refusal where there is none, or it is being committed */
  async execute(command: DiscardPreview): Promise<CommandResult<string>> {
    const { caller } = CommandContext.from(command);
    const kept = await findVisible(this.ledger, command.id, caller);
    await this.end.one(kept);
    return { value: kept.id, position: undefined };
  }
}
