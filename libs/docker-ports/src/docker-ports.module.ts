import type { FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { BuildingModule, FoundationResources } from '#building';
import { EventSourcingModule, Features } from '#event-sourcing';
import type { Clock } from '#event-store';
import { CLOCK, CommandGateway } from '#event-store';
import { Holders, IpamModule } from '#ipam';
import type { ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { complexPorts } from './complex-ports.ts';
import { dockerPortModel } from './docker-port.api.ts';
import { dockerPortHandlers } from './docker-port.commands.ts';
import { dockerPort } from './docker-port.ts';
import { dockerPorts } from './docker-ports.ts';
import { dockerPortUndos } from './docker-ports.undo.ts';
import { freePorts } from './free-ports.ts';
import { mappedPorts } from './map-ports.ts';

const resource: FactoryProvider = {
  provide: Symbol('ports of foundations'),
  inject: [FoundationResources, Ids, Holders],
  useFactory: (resources: FoundationResources, ids: Ids, holders: Holders) => resources.add(mappedPorts(ids, holders)),
};

const listeners: FactoryProvider = {
  provide: Symbol('listeners of ports'),
  inject: [Features, READ_STORE, CLOCK, CommandGateway],
  useFactory: (features: Features, reads: ReadStore, clock: Clock, gateway: CommandGateway) =>
    features.add({ listeners: [freePorts({ reads, clock, gateway })] }),
};

/** Ports of the hosts of Docker complexes, and which containers they lead to. */
@Module({
  imports: [
    IpamModule,
    BuildingModule,
    EventSourcingModule.forFeature({
      deciders: [dockerPort, complexPorts],
      readModels: [dockerPorts],
      undo: dockerPortUndos,
    }),
    ApiModule.forFeature({ namespaces: [], models: [dockerPortModel] }),
  ],
  providers: [resource, listeners, ...dockerPortHandlers],
})
export class DockerPortsModule {}
