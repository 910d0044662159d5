import type { FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { BuildingModule } from '#building';
import { EventSourcingModule, Features } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandGateway, EVENT_STORE } from '#event-store';
import { IpamModule } from '#ipam';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { deprovisionModel } from './deprovision.api.ts';
import { deprovisionHandlers } from './deprovision.commands.ts';
import { deprovision } from './deprovision.ts';
import { deprovisionUndo } from './deprovision.undo.ts';
import { deprovisions } from './deprovisions.ts';
import { machineModel } from './machine.api.ts';
import { provisionHandlers } from './provision.commands.ts';
import { removeMachines } from './remove-machines.ts';

/** What listens to the log. */
const listeners: FactoryProvider = {
  provide: Symbol('listeners of provision'),
  inject: [Features, EVENT_STORE, READ_STORE, CLOCK, CommandGateway],
  useFactory: (features: Features, store: EventStore, reads: ReadStore, clock: Clock, gateway: CommandGateway) =>
    features.add({ listeners: [removeMachines({ store, reads, clock, gateway })] }),
};

/** Many machines in one command. */
@Module({
  imports: [
    IpamModule,
    BuildingModule,
    EventSourcingModule.forFeature({ deciders: [deprovision], readModels: [deprovisions], undo: [deprovisionUndo] }),
    ApiModule.forFeature({ models: [machineModel, deprovisionModel] }),
  ],
  providers: [...provisionHandlers, ...deprovisionHandlers, listeners],
})
export class ProvisionModule {}
