import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import { dhcpUndo } from './dhcp.undo.ts';
import { leaseModel } from './lease/lease.api.ts';
import { leaseHandlers } from './lease/lease.commands.ts';
import { dhcpLease } from './lease/lease.ts';
import { leases } from './lease/leases.ts';

/** Leases of DHCP servers. */
@Module({
  imports: [
    EventSourcingModule.forFeature({ deciders: [dhcpLease], readModels: [leases], undo: dhcpUndo }),
    ApiModule.forFeature({ models: [leaseModel] }),
  ],
  providers: leaseHandlers,
})
export class DhcpModule {}
