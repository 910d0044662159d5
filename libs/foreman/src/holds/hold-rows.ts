import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { EndedHold, PlacedHold } from '../job-messages.ts';
import type { HoldRule } from './hold-rules.ts';

/** A rule as it is shown. */
export interface HoldRuleRow extends HoldRule {
  readonly created: string;
  readonly updated: string;
}

type Told = HoldRule & { readonly rule: number };

const ofRule = ({ data }: { readonly data: { readonly rule: number } }): number => data.rule;

/** Hold rules by id. */
export const holdRuleRows: ReadModel<HoldRuleRow> = {
  name: 'hold_rules',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { site: ({ site }) => site, holder: ({ holder }) => holder },
  on: {
    HoldRuleAdded: rule<HoldRuleRow, Told & { readonly created?: string }>(
      (_, { data: { rule: _rule, ...data }, at }) => ({ created: at, ...data, updated: at }),
      ofRule,
    ),
    HoldRuleChanged: change<HoldRuleRow, Told>(
      (row, { data: { rule: _rule, ...data }, at }) => ({ ...data, created: row.created, updated: at }),
      ofRule,
    ),
    HoldRuleRemoved: gone<HoldRuleRow, Told>(ofRule),
  },
};

/** A hold that is open, or that nobody has released in time and whose job is in error for it. */
export interface HoldRow extends Omit<PlacedHold, 'hold'> {
  readonly state: 'open' | 'overdue';
  readonly created: string;
  readonly updated: string;
}

const ofHold = ({ data }: { readonly data: { readonly hold: string } }): string => data.hold;

/** Holds that are open, by id. */
export const holds: ReadModel<HoldRow> = {
  name: 'holds',
  version: 1,
  key: 'text',
  history: true,
  indexes: {
    site: ({ site }) => site,
    job: ({ job }) => job,
    rule: (row) => row.rule,
    holder: ({ holder }) => holder,
  },
  on: {
    JobHeld: rule<HoldRow, PlacedHold>(
      (row, { data: { hold: _hold, ...data }, at }) => ({
        ...data,
        state: 'open',
        created: row?.created ?? at,
        updated: at,
      }),
      ofHold,
    ),
    JobHoldTimedOut: rule<HoldRow, EndedHold & { readonly outcome: string }>(
      (row, { data, at }) => (row && data.outcome === 'fail' ? { ...row, state: 'overdue', updated: at } : undefined),
      ofHold,
    ),
    JobHoldReleased: gone<HoldRow, EndedHold>(ofHold),
    JobHoldOverridden: gone<HoldRow, EndedHold>(ofHold),
  },
};
