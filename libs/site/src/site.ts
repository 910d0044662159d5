import type { Pairs } from '#config';
import type { Decider, Lifecycle, LifecycleCommand, LifecycleEvent, Message } from '#kernel';
import { lifecycle, refuse } from '#kernel';

/** A place where things are built. Sites nest, and hand configuration down to the sites inside them. */
export interface Site {
  description: string;
  /** Id of the DNS zone its hosts are in. */
  zone: number | null;
  /** The site around it. */
  parent: string | null;
  /** In the order they were written in. */
  configValues: Pairs;
}

type Define = { readonly name: string } & Readonly<Site>;

export type SiteCommand =
  Message<'DefineSite', Define> | Message<'ChangeSite', Partial<Readonly<Site>>> | LifecycleCommand<'Site'>;

export type SiteEvent =
  | Message<'SiteDefined', Readonly<Site>>
  | Message<'SiteDescribed', { readonly description: string }>
  | Message<'SiteZoneChosen', { readonly zone: number | null }>
  | Message<'SiteMoved', { readonly parent: string | null }>
  | Message<'SiteConfigured', { readonly configValues: Pairs }>
  | LifecycleEvent<'Site'>;

const rules = lifecycle('Site');

const set = (data: Partial<Site>, state: Lifecycle<Site>): Lifecycle<Site> =>
  state.stage === 'active' ? { ...state, value: { ...state.value, ...data } } : state;

export const site: Decider<Lifecycle<Site>, SiteCommand, SiteEvent> = {
  category: 'site',
  creationCommands: ['DefineSite'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineSite: ({ name, ...defined }, state) =>
      state.stage === 'active' || state.stage === 'deleting'
        ? refuse('name', 'TAKEN', 'Site with this Name already exists.')
        : { type: 'SiteDefined', data: defined },
    ChangeSite: ({ description, zone, parent, configValues }, state) => {
      if (state.stage !== 'active') return refuse('', 'NOT_FOUND', 'Site is not there');
      const events: SiteEvent[] = [];
      const { value } = state;
      if (description !== undefined && description !== value.description) {
        events.push({ type: 'SiteDescribed', data: { description } });
      }
      if (zone !== undefined && zone !== value.zone) events.push({ type: 'SiteZoneChosen', data: { zone } });
      if (parent !== undefined && parent !== value.parent) events.push({ type: 'SiteMoved', data: { parent } });
      if (configValues !== undefined && JSON.stringify(configValues) !== JSON.stringify(value.configValues)) {
        events.push({ type: 'SiteConfigured', data: { configValues } });
      }
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    SiteDefined: (data) => ({ stage: 'active', value: { ...data } }),
    SiteDescribed: set,
    SiteZoneChosen: set,
    SiteMoved: set,
    SiteConfigured: set,
    ...rules.evolve,
  },
};
