import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { groupsOf } from './recorder/groups.ts';
import { recorderModel } from './recorder/recorder.api.ts';
import { Recorder } from './recorder/recorder.ts';

/** Finding things: by what their configurations say, by a name or an address, and for programs that look after hosts. */
@Module({
  imports: [
    ApiModule.forFeatureAsync({
      inject: [PLATFORMS, READ_STORE, SERVED],
      useFactory: (platforms: readonly ServerHalf[], reads: ReadStore, served: Served) => {
        const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
        const parts = { served, reads, findType: (name: string) => types.find(({ type }) => type === name) };
        return { models: [recorderModel(new Recorder(groupsOf(parts)))] };
      },
    }),
  ],
})
export class SearchModule {}
