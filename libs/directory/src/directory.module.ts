import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import { directoryUndos } from './directory.undo.ts';
import { entries } from './entries.ts';
import { entryModel } from './entry.api.ts';
import { entryHandlers } from './entry.commands.ts';
import { entry } from './entry.ts';
import { zoneNames } from './zone-names.ts';
import { zoneModel } from './zone.api.ts';
import { zoneHandlers } from './zone.commands.ts';
import { zone } from './zone.ts';
import { zones } from './zones.ts';

/** DNS zones and their entries. */
@Module({
  imports: [
    EventSourcingModule.forFeature({
      deciders: [zone, zoneNames, entry],
      readModels: [zones, entries],
      undo: directoryUndos,
    }),
    ApiModule.forFeature({ namespaces: [{ name: 'Directory', position: 50 }], models: [zoneModel, entryModel] }),
  ],
  providers: [...zoneHandlers, ...entryHandlers],
})
export class DirectoryModule {}
