import type { Filter, ValuesOf } from '#api';
import { parameter } from '#api';
import { blueprintsFrom } from '#blueprint';
import { refuse } from '#kernel';
import type { View, Where } from '#read-store';
import { sitesWithin } from '#site';
import { foundations } from '../foundations.ts';
import { structures } from '../structure/structures.ts';
import { isLabelKey, KEY_RULE, MAX_LABEL_VALUE, MAX_LABELS, MAX_OWNER } from './labels.ts';
import { oneOf } from '../one-of.ts';

/** How many sites, and how many blueprints, one selection may be spread over. */
const MAX_BELOW = 10_000;

/** What selections are made of. */
export type Selectable = 'Structure' | 'Foundation';

/** The rows that are selected. */
export const SELECTABLE_ROWS = { Structure: structures, Foundation: foundations } as const;

const STATES = { Structure: ['planned', 'built'], Foundation: ['planned', 'located', 'built'] } as const;

/** What a selection takes; everything that is given has to be true of what it selects. */
export const selectionParameters = (kind: Selectable) =>
  ({
    label: parameter.text({
      list: true,
      default: [],
      doc: 'Labels it has: `rack` whatever it says, `rack=r1` what it says; several: all of them.',
    }),
    blueprint: parameter.reference(`BluePrint/${kind}BluePrint`, {
      default: null,
      doc: 'The blueprint it is made from, or one that comes from it.',
    }),
    site: parameter.reference('Site/Site', { default: null, doc: 'The site it is at, or one within it.' }),
    exact: parameter.boolean({
      default: false,
      doc: 'Whether the blueprint and the site are meant alone, without what comes from them or is within them.',
    }),
    state: parameter.text({ default: null, doc: `One of ${STATES[kind].join(', ')}.` }),
    owner: parameter.text({ default: null, doc: 'Who answers for it.' }),
    complex: parameter.reference('Building/Complex', {
      default: null,
      doc: kind === 'Foundation' ? 'The complex that carries it.' : 'The complex it is a member of.',
    }),
  }) as const;

export type Selection = ValuesOf<ReturnType<typeof selectionParameters>>;

/** What a label has to be to be selected by. @throws Refusal */
function checkedLabel(label: string): string {
  const end = label.indexOf('=');
  const key = end < 0 ? label : label.slice(0, end);
  if (!isLabelKey(key))
    throw refuse('label', 'PATTERN', `"${label}" selects by no label: the key "${key}" ${KEY_RULE}`);
  if (Array.from(label.slice(end + 1)).length > MAX_LABEL_VALUE && end >= 0) {
    throw refuse('label', 'TOO_LONG', `the value of "${key}" must be at most ${MAX_LABEL_VALUE} characters long`);
  }
  return label;
}

const narrow = (field: string, found: readonly string[]): readonly string[] => {
  if (found.length <= MAX_BELOW) return found;
  throw refuse(field, 'TOO_MANY', `a selection is spread over at most ${MAX_BELOW} of these`);
};

const blueprintCondition = async (view: View, name: string, exact: boolean): Promise<Where[string]> =>
  exact ? name : { any: narrow('blueprint', await blueprintsFrom(view, name, MAX_BELOW)) };

/** The condition that something is at a site or, unless it is meant alone, within it. @throws Refusal */
export const siteCondition = async (view: View, name: string, exact: boolean): Promise<Where> => ({
  site: exact ? name : { any: narrow('site', await sitesWithin(view, name, MAX_BELOW)) },
});

/** Conditions, narrowed to the sites that a caller is bound to; undefined: to none. */
export function withinSites(where: Where, bound: readonly string[] | undefined): Where {
  if (!bound) return where;
  const { site } = where;
  if (site === undefined) return { ...where, site: { any: bound } };
  if (typeof site === 'object' && site !== null && 'startsWith' in site) {
    return { ...where, site: { any: bound.filter((one) => one.startsWith(site.startsWith)) } };
  }
  const wanted = typeof site !== 'object' || site === null ? [site] : 'any' in site ? site.any : site.all;
  return { ...where, site: { any: wanted.filter((one) => one !== null && bound.includes(String(one))) as string[] } };
}

/** The conditions on rows that a selection comes to. @throws Refusal naming what is wrong with it */
export async function whereOf(kind: Selectable, selection: Selection, view: View): Promise<Where> {
  const { label: labels, blueprint, site, exact, state, owner, complex } = selection;
  if (labels.length > MAX_LABELS) throw refuse('label', 'TOO_MANY', `a selection has at most ${MAX_LABELS} labels`);
  if (owner !== null && Array.from(owner).length > MAX_OWNER) {
    throw refuse('owner', 'TOO_LONG', `must be at most ${MAX_OWNER} characters long`);
  }
  const checked = labels.map(checkedLabel);
  const be: Where = state === null ? {} : { state: oneOf(STATES[kind], state) };
  return {
    ...(checked.length === 0 ? {} : { label: { all: checked } }),
    ...(blueprint === null ? {} : { blueprint: await blueprintCondition(view, blueprint, exact === true) }),
    ...(site === null ? {} : await siteCondition(view, site, exact === true)),
    ...be,
    ...(owner === null ? {} : { owner }),
    ...(complex === null ? {} : { complex }),
  };
}

/** A list of what a selection selects. */
export const selection = (kind: Selectable): Filter => ({
  protocols: ['rest'],
  doc: 'By label, blueprint, site, state, owner and complex.',
  parameters: selectionParameters(kind),
  where: (parameters, view) => whereOf(kind, parameters as Selection, view),
});
