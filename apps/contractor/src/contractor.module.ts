import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Commands } from '#event-store';
import { CarryOutHandler } from '#runtime';
import { HealthController } from './health.controller.ts';

/** What Nest holds together: the command bus with its handler, and the plain HTTP pages. */
@Module({})
export class ContractorModule {
  static on(commands: Commands, health: () => object): DynamicModule {
    return {
      module: ContractorModule,
      imports: [CqrsModule.forRoot()],
      controllers: [HealthController],
      providers: [{ provide: Commands, useValue: commands }, { provide: 'health', useValue: health }, CarryOutHandler],
    };
  }
}
