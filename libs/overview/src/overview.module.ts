import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { dashboardModel } from './dashboard.api.ts';

/** What an operator sees at one look. */
@Module({ imports: [ApiModule.forFeature({ models: [dashboardModel] })] })
export class OverviewModule {}
