import type { DynamicModule } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiFeatures, ApiModule, PreviewMaker } from '#api';
import { contributeListeners, EventSourcingModule } from '#event-sourcing';
import { CommandExecutor } from '#event-store';
import { DATABASE } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { approvalRules } from './approval-rules.ts';
import { CommitPreviewHandler } from './commit-preview.commands.ts';
import { DiscardPreviewHandler } from './discard-preview.commands.ts';
import { EndPreviews } from './end-previews.ts';
import { PreviewLedger } from './preview-ledger.ts';
import { previewModel } from './preview.api.ts';
import type { previewSettings } from './preview.settings.ts';
import { preview } from './preview.ts';
import { previewUndo } from './preview.undo.ts';
import { Previews, PREVIEW_SETTINGS } from './previews.ts';
import { verdictHandlers } from './verdict.commands.ts';

@Module({})
class PreviewParts {
  static of(settings: SettingsOf<typeof previewSettings>): DynamicModule {
    return {
      module: PreviewParts,
      providers: [
        { provide: PREVIEW_SETTINGS, useValue: settings },
        { provide: PreviewLedger, inject: [DATABASE], useFactory: (pool: Pool) => new PreviewLedger(pool) },
        Previews,
        { provide: PreviewMaker, useExisting: Previews },
      ],
      exports: [PREVIEW_SETTINGS, PreviewLedger, Previews, PreviewMaker],
    };
  }
}

/** Previews of what requests would do, their commits, and the approval of a second person. */
@Module({})
export class PreviewModule {
  constructor(
    @Inject(ApiFeatures) features: ApiFeatures,
    @Inject(PREVIEW_SETTINGS) { approvals }: SettingsOf<typeof previewSettings>,
  ) {
    features.approvals = approvalRules(approvals);
  }

  static forRoot(settings: SettingsOf<typeof previewSettings>): DynamicModule {
    const parts = PreviewParts.of(settings);
    return {
      module: PreviewModule,
      imports: [
        parts,
        EventSourcingModule.forFeature({ deciders: [preview], undo: [previewUndo] }),
        ApiModule.forFeatureAsync({
          imports: [parts],
          inject: [Previews, PreviewLedger, CommandExecutor],
          useFactory: (previews: Previews, ledger: PreviewLedger, executor: CommandExecutor) => ({
            namespaces: [],
            models: [previewModel({ previews, ledger, executor })],
          }),
        }),
      ],
      providers: [
        EndPreviews,
        CommitPreviewHandler,
        DiscardPreviewHandler,
        ...verdictHandlers,
        contributeListeners(EndPreviews, ({ reconciler }) => [reconciler]),
      ],
      exports: [parts],
    };
  }
}
