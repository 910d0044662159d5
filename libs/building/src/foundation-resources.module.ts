import { Module } from '@nestjs/common';
import { FoundationResources } from './foundation-resources.ts';

/** What other modules keep for foundations, for all who put modules together. */
@Module({ providers: [FoundationResources], exports: [FoundationResources] })
export class FoundationResourcesModule {}
