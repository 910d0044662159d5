import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import { JobInsight, JobTargetRegistry } from '#foreman';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { dependencyMap } from './dependency-map.api.ts';
import { foundationJobModel, foundationJobs } from './foundation-job.api.ts';
import { foundationTarget } from './foundation-target.ts';
import { foundationModel, foundationUsers, platformFoundationModel } from './foundation.api.ts';
import { foundationHandlers } from './foundation.commands.ts';
import { foundation } from './foundation.ts';
import { foundations } from './foundations.ts';

/** Foundations, of the types of all platforms, which are targets of jobs. */
@Module({
  imports: [
    EventSourcingModule.forFeature({ deciders: [foundation], readModels: [foundations] }),
    ApiModule.forFeatureAsync({
      inject: [PLATFORMS, JobTargetRegistry, JobInsight],
      useFactory: (platforms: readonly ServerHalf[], targets: JobTargetRegistry, insight: JobInsight) => {
        const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
        const target = foundationTarget(types);
        targets.add(target);
        return {
          namespaces: [{ name: 'Building', position: 70 }],
          models: [foundationModel, ...types.map(platformFoundationModel), foundationJobModel(target, insight)],
          extensions: [...foundationUsers, dependencyMap, foundationJobs(target)],
        };
      },
    }),
  ],
  providers: foundationHandlers,
})
export class BuildingModule {}
