import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { installationModel } from './installation.api.ts';
import { SetUpHandler } from './set-up.commands.ts';

/** What a new installation begins with. */
@Module({
  imports: [
    ApiModule.forFeature({ namespaces: [{ name: 'Setup', position: 120 }], models: [installationModel] }),
  ],
  providers: [SetUpHandler],
})
export class SetupModule {}
