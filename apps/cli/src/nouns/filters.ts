import type { ListFilter, Noun } from './noun.ts';

type Filters = NonNullable<Noun['filters']>;

const text = (filter: string, parameter: string, rest: Omit<ListFilter, 'filter' | 'parameter' | 'type'>) =>
  ({ type: 'string', filter, parameter, ...rest }) satisfies ListFilter;

/** Lists of what is at one site. */
export const BY_SITE = {
  site: text('site', 'site', { value: 'SITE', does: 'only those at this site', completes: { model: 'Site/Site' } }),
} satisfies Filters;

/** Lists of structures or foundations by what they are and where. */
export const selection = (blueprint: string, states: readonly string[]): Filters => ({
  site: text('selection', 'site', {
    value: 'SITE',
    does: 'only those at this site, or at one within it',
    completes: { model: 'Site/Site' },
  }),
  blueprint: text('selection', 'blueprint', {
    value: 'BLUEPRINT',
    does: 'only those made from this blueprint, or from one that comes from it',
    completes: { model: blueprint },
  }),
  exact: {
    type: 'boolean',
    filter: 'selection',
    parameter: 'exact',
    does: 'mean site and blueprint alone, without what is within them or comes from them',
  },
  label: text('selection', 'label', { value: 'KEY[=VALUE]', multiple: true, does: 'only those with this label' }),
  state: text('selection', 'state', {
    value: 'STATE',
    does: `only those that are ${states.join(' or ')}`,
    completes: states,
  }),
  owner: text('selection', 'owner', { value: 'OWNER', does: 'only those this owner answers for' }),
  complex: text('selection', 'complex', {
    value: 'COMPLEX',
    does: 'only those of this complex',
    completes: { model: 'Building/Complex' },
  }),
});
