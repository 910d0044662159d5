import type { Pairs } from '#config';
import type { CommandOf, EventOf } from '#kernel';
import { entity } from '#kernel';

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

export const site = entity<Site>()({
  noun: 'Site',
  category: 'site',
  changes: {
    SiteDescribed: 'description',
    SiteZoneChosen: 'zone',
    SiteMoved: 'parent',
    SiteConfigured: 'configValues',
  },
});

export type SiteCommand = CommandOf<typeof site>;
export type SiteEvent = EventOf<typeof site>;
