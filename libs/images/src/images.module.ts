import path from 'node:path';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import type { SettingsOf } from '#runtime/settings';
import { runtimeSettings } from '#runtime/settings';
import { CleanImageFiles } from './clean-image-files.providers.ts';
import { ImageFiles } from './image-files.ts';
import { imageModel } from './image.api.ts';
import { imageHandlers } from './image.commands.ts';
import { image } from './image.ts';
import { images } from './images.ts';
import { imagesSettings, MB } from './images.settings.ts';
import { imageUndo } from './images.undo.ts';

type Settings = SettingsOf<typeof imagesSettings>;

@Module({
  providers: [
    {
      provide: ImageFiles,
      inject: [imagesSettings.KEY, runtimeSettings.KEY],
      useFactory: (
        { images: folder, imageSize, imagesTotal }: Settings,
        { data }: SettingsOf<typeof runtimeSettings>,
      ) => new ImageFiles(folder ?? path.join(data, 'images'), { file: imageSize * MB, total: imagesTotal * MB }),
    },
  ],
  exports: [ImageFiles],
})
class ImageFilesModule {}

/** Images of operating systems: what there is, and the files of those that are kept here. */
@Module({
  imports: [
    ImageFilesModule,
    EventSourcingModule.forFeature({ deciders: [image], readModels: [images], undo: [imageUndo] }),
    ApiModule.forFeatureAsync({
      imports: [ImageFilesModule],
      inject: [ImageFiles],
      useFactory: (files: ImageFiles) => ({
        namespaces: [{ name: 'Image', position: 130 }],
        models: [imageModel(files)],
      }),
    }),
  ],
  providers: [...imageHandlers, CleanImageFiles],
  exports: [ImageFilesModule],
})
export class ImagesModule {}
