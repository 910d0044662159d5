import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { dhcpdModel } from './dhcpd.api.ts';

/** What machines are told by others than themselves: what DHCP servers lease to them. */
@Module({
  imports: [
    ApiModule.forFeatureAsync({
      inject: [PLATFORMS],
      useFactory: (platforms: readonly ServerHalf[]) => {
        const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
        return { models: [dhcpdModel((name) => types.find(({ type }) => type === name))] };
      },
    }),
  ],
})
export class DocumentsModule {}
