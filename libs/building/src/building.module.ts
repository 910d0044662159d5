import type { Logger } from '#kernel';
import type { FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import { EventSourcingModule, Features } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandGateway, EVENT_STORE } from '#event-store';
import { JobInsight, JobTargetRegistry } from '#foreman';
import { Holders, IpamModule } from '#ipam';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { Key, ReadStore, View } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { configActions, configurationOf } from './building-config.api.ts';
import { BmcAddresses } from './bmc/bmc-addresses.ts';
import { buildingUndos } from './building.undo.ts';
import { foundationLayers, structureLayers } from './building-layers.ts';
import { complexStructureModel } from './complex/complex-structure.api.ts';
import { complexStructureHandlers } from './complex/complex-structure.commands.ts';
import { complexStructure } from './complex/complex-structure.ts';
import { complexStructures } from './complex/complex-structures.ts';
import { complexModel, complexUsers, platformComplexModel } from './complex/complex.api.ts';
import { complexHandlers } from './complex/complex.commands.ts';
import { complex } from './complex/complex.ts';
import { complexes } from './complex/complexes.ts';
import { LocateCarriedHandler } from './complex/locate-carried.commands.ts';
import { locateCarried } from './complex/locate-carried.ts';
import { dependencies } from './dependency/dependencies.ts';
import { dependencyJobModel, dependencyJobs } from './dependency/dependency-job.api.ts';
import { dependencyTarget } from './dependency/dependency-target.ts';
import { dependencyModel, dependencyUsers } from './dependency/dependency.api.ts';
import { dependencyHandlers } from './dependency/dependency.commands.ts';
import { dependency } from './dependency/dependency.ts';
import { dependencyMap } from './impact/dependency-map.api.ts';
import { foundationJobModel, foundationJobs } from './foundation-job.api.ts';
import { foundationTarget } from './foundation-target.ts';
import { FoundationResources } from './foundation-resources.ts';
import { FoundationResourcesModule } from './foundation-resources.module.ts';
import { FollowSiteHandler, FollowZoneHandler } from './follow-sites.commands.ts';
import { followSites } from './follow-sites.ts';
import { foundationModel, foundationUsers, platformFoundationModel } from './foundation.api.ts';
import { forceStateHandlers } from './force-state.commands.ts';
import { foundationHandlers } from './foundation.commands.ts';
import { foundation } from './foundation.ts';
import { foundations } from './foundations.ts';
import { graphs } from './impact/graph.api.ts';
import { impacts } from './impact/impact.api.ts';
import { jobLogFilters } from './job-log-filters.ts';
import { services } from './impact/services.api.ts';
import { scriptLint } from './script-lint.api.ts';
import { selectionCounts } from './selection/counts.api.ts';
import { structureOverview } from './structure/structure-overview.api.ts';
import { jobSelections } from './selection/job-selections.ts';
import { machineHandlers } from './hardware/machine.commands.ts';
import { foundationInterfaces } from './interface/foundation-interfaces.ts';
import {
  abstractInterfaceModel,
  aggregatedInterfaceModel,
  logicalInterfaceUsers,
} from './interface/logical-interface.api.ts';
import { logicalInterfaceHandlers } from './interface/logical-interface.commands.ts';
import { logicalInterface } from './interface/logical-interface.ts';
import { logicalInterfaces } from './interface/logical-interfaces.ts';
import { networkInterfaceModel, realInterfaceExtensions, realInterfaceModel } from './interface/real-interface.api.ts';
import { realInterfaceHandlers } from './interface/real-interface.commands.ts';
import { realInterface } from './interface/real-interface.ts';
import { realInterfaces } from './interface/real-interfaces.ts';
import { structureInterfaces } from './interface/structure-interfaces.ts';
import { holderSource } from './networked/holder-source.ts';
import { blockOccupancy } from './networked/block-occupancy.api.ts';
import { networkedModel, networkedUsers } from './networked/networked.api.ts';
import { networkedHandlers } from './networked/networked.commands.ts';
import { networked } from './networked/networked.ts';
import { networkeds } from './networked/networkeds.ts';
import { hostName } from './structure/host-name.ts';
import { structureJobModel, structureJobs } from './structure/structure-job.api.ts';
import { structureTarget } from './structure/structure-target.ts';
import { structureModel, structureUsers } from './structure/structure.api.ts';
import { structureHandlers, structuresWithSecrets } from './structure/structure.commands.ts';
import { structure } from './structure/structure.ts';
import { structures } from './structure/structures.ts';

/** What listens to the log. */
const listeners: FactoryProvider = {
  provide: Symbol('listeners of building'),
  inject: [Features, EVENT_STORE, READ_STORE, CLOCK, CommandGateway, LOGGER],
  useFactory: (
    features: Features,
    store: EventStore,
    reads: ReadStore,
    clock: Clock,
    gateway: CommandGateway,
    log: Logger,
  ) =>
    features.add({
      listeners: [locateCarried({ store, reads, clock, gateway }), followSites({ reads, clock, gateway, log })],
    }),
};

/** Structures, the foundations they stand on, the complexes that carry these, and what they have to wait for. */
@Module({
  imports: [
    IpamModule,
    FoundationResourcesModule,
    EventSourcingModule.forFeature({
      deciders: [
        foundation,
        structure,
        hostName,
        networked,
        realInterface,
        foundationInterfaces,
        logicalInterface,
        structureInterfaces,
        complex,
        complexStructure,
        dependency,
      ],
      undo: buildingUndos,
      readModels: [
        foundations,
        structures,
        networkeds,
        realInterfaces,
        logicalInterfaces,
        complexes,
        complexStructures,
        dependencies,
      ],
    }),
    ApiModule.forFeatureAsync({
      imports: [FoundationResourcesModule],
      inject: [PLATFORMS, JobTargetRegistry, JobInsight, READ_STORE, SERVED, LOGGER, FoundationResources],
      useFactory: (
        platforms: readonly ServerHalf[],
        targets: JobTargetRegistry,
        insight: JobInsight,
        reads: ReadStore,
        served: Served,
        log: Logger,
        resources: FoundationResources,
      ) => {
        const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
        const complexTypes = platforms.flatMap(({ complexTypes: own = [] }) => own);
        const findType = (name: string) => types.find(({ type }) => type === name);
        const ofFoundation = (view: View, key: Key) => foundationLayers(view, String(key), findType);
        const ofStructure = (view: View, key: Key) => structureLayers(view, Number(key), findType);
        const foundationConfig = configurationOf(ofFoundation, { served, log, reads });
        const structureConfig = configurationOf(ofStructure, { served, log, reads });
        const foundationJobTarget = foundationTarget(types, reads, { complexTypes, served, resources });
        const structureJobTarget = structureTarget(types, reads, { complexTypes, served });
        const dependencyJobTarget = dependencyTarget(types, reads, { complexTypes, served });
        targets.complexes = async (work, name) => (await work.load(complex, name)).stage === 'active';
        targets.add(foundationJobTarget).add(structureJobTarget).add(dependencyJobTarget);
        return {
          namespaces: [{ name: 'Building', position: 70 }],
          models: [
            foundationModel(types, {
              jobs: foundationJobs(foundationJobTarget),
              config: configActions(ofFoundation, foundationConfig, { grant: 'Building.view_foundation', reads }),
            }),
            ...types.map((type) => platformFoundationModel(type, complexTypes)),
            structureModel(structureConfig, {
              jobs: structureJobs(structureJobTarget),
              config: configActions(ofStructure, structureConfig, { grant: 'Building.view_structure', reads }),
            }),
            networkedModel,
            networkInterfaceModel,
            realInterfaceModel,
            abstractInterfaceModel,
            aggregatedInterfaceModel,
            complexModel,
            ...complexTypes.map(platformComplexModel),
            complexStructureModel,
            dependencyModel(dependencyJobs(dependencyJobTarget)),
            foundationJobModel(foundationJobTarget, insight),
            structureJobModel(structureJobTarget, insight),
            dependencyJobModel(dependencyJobTarget, insight),
          ],
          extensions: [
            ...foundationUsers,
            ...structureUsers,
            ...networkedUsers,
            ...realInterfaceExtensions,
            ...logicalInterfaceUsers,
            ...complexUsers,
            ...dependencyUsers,
            dependencyMap,
            jobLogFilters,
            ...jobSelections,
            ...impacts,
            ...graphs,
            ...services,
            ...selectionCounts,
            structureOverview,
            scriptLint(platforms),
            blockOccupancy,
          ],
          configHolders: [structuresWithSecrets],
        };
      },
    }),
  ],
  providers: [
    {
      provide: BmcAddresses,
      inject: [Ids, Holders],
      useFactory: (ids: Ids, holders: Holders) => new BmcAddresses(ids, holders),
    },
    ...foundationHandlers,
    ...machineHandlers,
    ...forceStateHandlers,
    {
      provide: Symbol('holder source'),
      inject: [Holders, PLATFORMS],
      useFactory: (holders: Holders, platforms: readonly ServerHalf[]) =>
        holders.add(holderSource(platforms.flatMap(({ foundationTypes }) => foundationTypes))),
    },
    ...structureHandlers,
    ...networkedHandlers,
    ...realInterfaceHandlers,
    ...logicalInterfaceHandlers,
    ...complexHandlers,
    ...complexStructureHandlers,
    LocateCarriedHandler,
    FollowSiteHandler,
    FollowZoneHandler,
    listeners,
    ...dependencyHandlers,
  ],
  exports: [FoundationResourcesModule],
})
export class BuildingModule {}
