import { Module } from '@nestjs/common';
import { ApiCatalogue, ApiModule } from '#api';
import { siteFileModel } from './site-file.api.ts';
import { ApplySiteFilesHandler } from './site-file.commands.ts';

/** Whole sites as files. */
@Module({
  imports: [
    ApiModule.forFeatureAsync({
      inject: [ApiCatalogue],
      useFactory: (catalogue: ApiCatalogue) => ({ models: [siteFileModel(catalogue)] }),
    }),
  ],
  providers: [ApplySiteFilesHandler],
})
export class SiteFilesModule {}
