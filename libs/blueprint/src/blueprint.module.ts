import type { Logger } from '#kernel';
import { Module } from '@nestjs/common';
import { ApiModule, secretNamesRegister, secretNamesRows } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import { EventSourcingModule } from '#event-sourcing';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { bluePrintModel, foundationBluePrintModel, structureBluePrintModel } from './blueprint.api.ts';
import { blueprintHandlers, blueprintsWithSecrets } from './blueprint.commands.ts';
import { blueprint } from './blueprint.ts';
import { blueprintUndos } from './blueprint.undo.ts';
import { blueprints } from './blueprints.ts';
import { pxeModel } from './pxe.api.ts';
import { pxeHandlers } from './pxe.commands.ts';
import { pxe } from './pxe.ts';
import { pxes } from './pxes.ts';
import { scriptLinkModel } from './script-link.api.ts';
import { scriptLinkHandlers } from './script-link.commands.ts';
import { scriptLink } from './script-link.ts';
import { scriptLinks } from './script-links.ts';
import { scriptModel } from './script.api.ts';
import { scriptHandlers } from './script.commands.ts';
import { resourceFileModel } from './resources/resource-file.api.ts';
import { LoadResourcesHandler } from './resources/resource-file.commands.ts';
import { SHIPPED_RESOURCES, ShippedResources } from './resources/shipped-resources.ts';
import { script } from './script.ts';
import { scripts } from './scripts.ts';

/** Blueprints, the scripts in them, and what machines boot. */
@Module({
  imports: [
    EventSourcingModule.forFeature({
      deciders: [blueprint, script, scriptLink, pxe, secretNamesRegister],
      readModels: [blueprints, scripts, scriptLinks, pxes, secretNamesRows],
      undo: blueprintUndos,
    }),
    ApiModule.forFeatureAsync({
      inject: [SERVED, LOGGER, READ_STORE, { token: SHIPPED_RESOURCES, optional: true }],
      useFactory: (served: Served, log: Logger, reads: ReadStore, shipped?: readonly URL[]) => {
        const context = { served, log, reads };
        return {
          namespaces: [{ name: 'BluePrint', position: 20 }],
          models: [
            bluePrintModel(context),
            foundationBluePrintModel(context),
            structureBluePrintModel(context),
            scriptModel,
            scriptLinkModel,
            pxeModel,
            resourceFileModel(new ShippedResources(shipped)),
          ],
          configHolders: [blueprintsWithSecrets],
        };
      },
    }),
  ],
  providers: [...blueprintHandlers, ...scriptHandlers, ...scriptLinkHandlers, ...pxeHandlers, LoadResourcesHandler],
})
export class BlueprintModule {}
