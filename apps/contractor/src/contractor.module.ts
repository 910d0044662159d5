import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CommandExecutor } from '#event-store';
import { CarryOutHandler } from '#runtime';
import type { Wellbeing } from './health.controller.ts';
import { HealthController, WELLBEING } from './health.controller.ts';

/** What Nest holds together: the command bus with its handler, and the plain HTTP pages. */
@Module({ imports: [CqrsModule.forRoot()], controllers: [HealthController], providers: [CarryOutHandler] })
export class ContractorModule {}

/** The module on the ground of one server. */
export const contractorModule = (commands: CommandExecutor, wellbeing: Wellbeing): DynamicModule => ({
  module: ContractorModule,
  providers: [
    { provide: CommandExecutor, useValue: commands },
    { provide: WELLBEING, useValue: wellbeing },
  ],
});
