import type { UndoRule } from '#event-sourcing';
import { notUndone, undoNoun } from '#event-sourcing';
import { cartographer } from './cartographer/cartographer.ts';
import { checkReferences } from './intake/check-intake.ts';
import { intakeRule } from './intake/intake-rule.ts';
import { intakeRules } from './intake/intake-rules.ts';
import { positionUndos } from './position/position.undo.ts';

/** How what a request did to positions, intake rules and machines that call in is undone. */
export const surveyUndos: readonly UndoRule[] = [
  ...positionUndos,
  undoNoun(intakeRule, {
    model: 'Survey/IntakeRule',
    rows: intakeRules,
    check: (work, _, value) => checkReferences(work, value),
  }),
  notUndone(cartographer, 'a machine has called in; delete its cartographer, and it calls in anew'),
];
