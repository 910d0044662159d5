import type { Pairs } from '#config';
import type { Decider, Life, LifeCommand, LifeEvent, Message } from '#kernel';
import { life, refuse } from '#kernel';

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
  Message<'DefineSite', Define> | Message<'ChangeSite', Partial<Readonly<Site>>> | LifeCommand<'Site'>;

export type SiteEvent =
  | Message<'SiteDefined', Readonly<Site>>
  | Message<'SiteDescribed', { readonly description: string }>
  | Message<'SiteZoneChosen', { readonly zone: number | null }>
  | Message<'SiteMoved', { readonly parent: string | null }>
  | Message<'SiteConfigured', { readonly configValues: Pairs }>
  | LifeEvent<'Site'>;

const rules = life('Site');

const set = (data: Partial<Site>, state: Life<Site>): Life<Site> =>
  state.stage === 'open' ? { ...state, is: { ...state.is, ...data } } : state;

export const site: Decider<Life<Site>, SiteCommand, SiteEvent> = {
  category: 'site',
  begins: ['DefineSite'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineSite: ({ name, ...defined }, state) =>
      state.stage === 'open' || state.stage === 'closed'
        ? refuse('name', 'TAKEN', 'Site with this Name already exists.')
        : { type: 'SiteDefined', data: defined },
    ChangeSite: ({ description, zone, parent, configValues }, state) => {
      if (state.stage !== 'open') return refuse('', 'NOT_FOUND', 'Site is not there');
      const events: SiteEvent[] = [];
      const { is } = state;
      if (description !== undefined && description !== is.description) {
        events.push({ type: 'SiteDescribed', data: { description } });
      }
      if (zone !== undefined && zone !== is.zone) events.push({ type: 'SiteZoneChosen', data: { zone } });
      if (parent !== undefined && parent !== is.parent) events.push({ type: 'SiteMoved', data: { parent } });
      if (configValues !== undefined && JSON.stringify(configValues) !== JSON.stringify(is.configValues)) {
        events.push({ type: 'SiteConfigured', data: { configValues } });
      }
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    SiteDefined: (data) => ({ stage: 'open', is: { ...data } }),
    SiteDescribed: set,
    SiteZoneChosen: set,
    SiteMoved: set,
    SiteConfigured: set,
    ...rules.evolve,
  },
};
