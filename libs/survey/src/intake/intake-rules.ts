import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { IntakeRule } from './intake-rule.ts';
import { intakeRule } from './intake-rule.ts';

/** An intake rule as it is shown. */
export type IntakeRuleRow = EntityRow<IntakeRule>;

/** Intake rules by name. */
export const intakeRules = entityRows(intakeRule, {
  name: 'intake_rules',
  version: 1,
  key: 'text',
  indexes: {
    site: ({ site }) => site,
    plot: ({ plot }) => plot,
    network: ({ network }) => network,
    blueprint: ({ blueprint }) => blueprint,
    enabled: ({ enabled }) => (enabled ? 'yes' : null),
  },
});
