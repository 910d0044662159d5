import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import { plotModel } from './plot.api.ts';
import { plotHandlers } from './plot.commands.ts';
import { plot } from './plot.ts';
import { plotUndo } from './plot.undo.ts';
import { plots } from './plots.ts';

/** The places where machines stand. */
@Module({
  imports: [
    EventSourcingModule.forFeature({ deciders: [plot], readModels: [plots], undo: [plotUndo] }),
    ApiModule.forFeature({ namespaces: [{ name: 'Survey', position: 40 }], models: [plotModel] }),
  ],
  providers: [...plotHandlers],
})
export class PlotsModule {}
