import { Module } from '@nestjs/common';
import { ApiCatalogue, ApiModule } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import { EventSourcingModule } from '#event-sourcing';
import type { EventStore } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { discoveryModel } from './discovery/discovery.api.ts';
import { Discovery } from './discovery/discovery.ts';
import { findModel } from './find/find.api.ts';
import { Finder } from './find/find.ts';
import { searchables } from './find/searchables.ts';
import { groupsOf } from './recorder/groups.ts';
import { recorderModel } from './recorder/recorder.api.ts';
import { Recorder } from './recorder/recorder.ts';

/** Finding things: by what their configurations say, by a name or an address, and for programs that look after hosts. */
@Module({
  imports: [
    EventSourcingModule.forFeature({ readModels: [searchables] }),
    ApiModule.forFeatureAsync({
      inject: [PLATFORMS, READ_STORE, SERVED, ApiCatalogue, EVENT_STORE],
      useFactory: (
        platforms: readonly ServerHalf[],
        reads: ReadStore,
        served: Served,
        catalogue: ApiCatalogue,
        store: EventStore,
      ) => {
        const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
        const parts = { served, reads, findType: (name: string) => types.find(({ type }) => type === name) };
        const finder = new Finder({ catalogue, reads, head: () => store.head() });
        const groups = groupsOf(parts);
        return {
          models: [
            recorderModel(new Recorder(groups)),
            findModel(finder),
            discoveryModel(new Discovery(groups['Structure']!)),
          ],
        };
      },
    }),
  ],
})
export class SearchModule {}
