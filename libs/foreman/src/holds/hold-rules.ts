import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** How many rules there may be: a job is under as many holds at the most. */
export const MAX_RULES = 1000;

/** What becomes of a job when the time of a hold is up: it goes on, or is in error. */
export type WhenOver = 'proceed' | 'fail';

/** A standing request to be heard before jobs begin. Everything that is given has to be true of a job. */
export interface HoldRule {
  readonly description: string;
  /** The site of the job, or one around it; null: any. */
  readonly site: string | null;
  /** The blueprint of its target, or one it comes from; null: any. */
  readonly blueprint: string | null;
  /** Kind of its target: `Foundation`; null: any. */
  readonly kind: string | null;
  /** Id of its target, of that kind; null: any. */
  readonly target: string | null;
  /** Labels of its target, with their values. */
  readonly labels: Readonly<Record<string, string>>;
  /** `destroy`, and names of utility scripts. */
  readonly scripts: readonly string[];
  /** The user or service that alone may release its holds; null: anybody with the permission. */
  readonly holder: string | null;
  /** How long a hold lasts, in seconds. */
  readonly seconds: number;
  readonly whenOver: WhenOver;
}

interface Named {
  readonly rule: number;
}

/** When a rule was made that is put back, ISO 8601; left out: it is made now. */
interface Since {
  readonly created?: string;
}

type HoldRulesCommand =
  | Message<'AddHoldRule', HoldRule & Named & Since>
  | Message<'ChangeHoldRule', Partial<HoldRule> & Named>
  | Message<'RemoveHoldRule', Named>;

export type HoldRulesEvent =
  | Message<'HoldRuleAdded', HoldRule & Named & Since>
  | Message<'HoldRuleChanged', HoldRule & Named>
  | Message<'HoldRuleRemoved', Named>;

type State = ReadonlyMap<number, HoldRule>;

const notFound = () => refuse('', 'NOT_FOUND', 'Hold rule does not exist');
const without = (state: State, rule: number): Map<number, HoldRule> =>
  new Map([...state].filter(([id]) => id !== rule));

/** Id of the one stream of all rules. */
export const ALL_RULES = 'all';

/**
 * All rules, in one stream: whoever makes a job that might be held looks at it, in the same append, so that no job slips
 * past a rule that is being made, whichever server it is made by.
 */
export const holdRules: Decider<State, HoldRulesCommand, HoldRulesEvent> = {
  category: 'holdRules',
  copies: true,
  initial: () => new Map(),
  decide: {
    AddHoldRule: (data, state) => {
      if (state.has(data.rule)) return refuse('id', 'TAKEN', 'Hold rule with this Id already exists.');
      if (state.size >= MAX_RULES) return refuse('', 'TOO_MANY', `there are at most ${MAX_RULES} hold rules`);
      return { type: 'HoldRuleAdded', data };
    },
    ChangeHoldRule: ({ rule, ...changes }, state) => {
      const before = state.get(rule);
      if (!before) return notFound();
      const after = { ...before, ...changes };
      if (JSON.stringify(after) === JSON.stringify(before)) return [];
      return { type: 'HoldRuleChanged', data: { ...after, rule } };
    },
    RemoveHoldRule: ({ rule }, state) => (state.has(rule) ? { type: 'HoldRuleRemoved', data: { rule } } : notFound()),
  },
  evolve: {
    HoldRuleAdded: ({ rule, created: _, ...data }, state) => new Map([...state, [rule, data]]),
    HoldRuleChanged: ({ rule, ...data }, state) => new Map([...state, [rule, data]]),
    HoldRuleRemoved: ({ rule }, state) => without(state, rule),
  },
};
