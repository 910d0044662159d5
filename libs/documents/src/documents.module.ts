import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { Served } from '#config';
import { SERVED } from '#config';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { dhcpdModel } from './dhcpd.api.ts';
import { renderPreviews } from './render-preview.api.ts';

/** What machines are told by others than themselves: what DHCP servers lease to them. */
@Module({
  imports: [
    ApiModule.forFeatureAsync({
      inject: [PLATFORMS, SERVED, READ_STORE],
      useFactory: (platforms: readonly ServerHalf[], served: Served, reads: ReadStore) => {
        const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
        const findType = (name: string) => types.find(({ type }) => type === name);
        return { models: [dhcpdModel(findType)], extensions: renderPreviews({ served, reads, findType }) };
      },
    }),
  ],
})
export class DocumentsModule {}
