import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { ApiFeature } from '#api';
import { ApiModule } from '#api';
import type { Feature } from '#event-sourcing';
import { EventSourcingModule } from '#event-sourcing';

/** What an example consists of: deciders and read models, models of the API, handlers of commands. */
export interface ExampleFeature extends Feature, ApiFeature {
  readonly providers?: readonly Provider[];
}

@Module({})
class ExampleModule {}

/** The module of an example, for `startModules`. */
export const exampleModule = ({ providers = [], ...feature }: ExampleFeature): DynamicModule => ({
  module: ExampleModule,
  imports: [EventSourcingModule.forFeature(feature), ApiModule.forFeature(feature)],
  providers: [...providers],
});
