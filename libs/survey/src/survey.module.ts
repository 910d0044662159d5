import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import { cartographerModel } from './cartographer/cartographer.api.ts';
import { cartographerHandlers } from './cartographer/cartographer.commands.ts';
import { cartographer } from './cartographer/cartographer.ts';
import { cartographers } from './cartographer/cartographers.ts';
import { fitBluePrintsHandlers } from './intake/fit-blueprints.commands.ts';
import { intakeRuleExtensions, intakeRuleModel } from './intake/intake-rule.api.ts';
import { intakeRuleHandlers } from './intake/intake-rule.commands.ts';
import { intakeRule } from './intake/intake-rule.ts';
import { intakeRules } from './intake/intake-rules.ts';
import { takeInHandlers } from './intake/take-in.commands.ts';
import { positionExtensions, positionModel } from './position/position.api.ts';
import { positionHandlers } from './position/position.commands.ts';
import { position } from './position/position.ts';
import { positions } from './position/positions.ts';
import { rack } from './position/rack.ts';
import { surveyUndos } from './survey.undo.ts';

/** Where machines stand, and which machine is which. */
@Module({
  imports: [
    EventSourcingModule.forFeature({
      deciders: [position, rack, cartographer, intakeRule],
      readModels: [positions, cartographers, intakeRules],
      undo: surveyUndos,
    }),
    ApiModule.forFeature({
      models: [positionModel, cartographerModel, intakeRuleModel],
      extensions: [...positionExtensions, ...intakeRuleExtensions],
    }),
  ],
  providers: [
    ...positionHandlers,
    ...cartographerHandlers,
    ...intakeRuleHandlers,
    ...takeInHandlers,
    ...fitBluePrintsHandlers,
  ],
})
export class SurveyModule {}
