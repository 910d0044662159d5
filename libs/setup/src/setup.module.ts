import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { SHIPPED_RESOURCES } from '#blueprint';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { EnablePlatformHandler } from './enable-platform.commands.ts';
import { installationModel } from './installation.api.ts';
import { platformModel } from './platform.api.ts';
import { PlatformList } from './platforms.ts';
import { SetUpHandler } from './set-up.commands.ts';

/** What a new installation begins with, and which platforms it builds on. */
@Module({
  imports: [
    ApiModule.forFeatureAsync({
      inject: [PLATFORMS, { token: SHIPPED_RESOURCES, optional: true }],
      useFactory: (halves: readonly ServerHalf[], shipped?: readonly URL[]) => ({
        // A set-up may be told a password.
        namespaces: [{ name: 'Setup', position: 120, storesAnswers: false }],
        models: [installationModel, platformModel(new PlatformList(halves, shipped))],
      }),
    }),
  ],
  providers: [SetUpHandler, EnablePlatformHandler],
})
export class SetupModule {}
