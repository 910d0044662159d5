import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { BuildingModule } from '#building';
import { IpamModule } from '#ipam';
import { machineModel } from './machine.api.ts';
import { provisionHandlers } from './provision.commands.ts';

/** Many machines in one command. */
@Module({
  imports: [IpamModule, BuildingModule, ApiModule.forFeature({ models: [machineModel] })],
  providers: [...provisionHandlers],
})
export class ProvisionModule {}
