import type { Clock, CommandGateway, LoggedEvent } from '#event-store';
import { CommandContext } from '#event-store';
import type { Logger } from '#kernel';
import type { Reaction } from '#reactions';
import type { Key, ReadStore } from '#read-store';
import { dependencies } from './dependency/dependencies.ts';
import { FollowSite, FollowZone } from './follow-sites.commands.ts';
import { networkeds } from './networked/networkeds.ts';

/** How long it waits for the read models to show an event. */
const TIMEOUT_MS = 10_000;

export interface FollowSitesContext {
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * What belongs to a site goes along: host names, when the site gets another DNS zone; dependencies, when what they belong
 * to moves to another site, and those that hang on them.
 */
export const followSites = ({ reads, clock, gateway, log }: FollowSitesContext): Reaction => ({
  kind: 'reaction',
  name: 'building.follow-sites',
  categories: ['site', 'structure', 'networked', 'foundation', 'dependency'],
  types: [
    'SiteZoneChosen',
    'SiteRestored',
    'StructureMoved',
    'StructureRestored',
    'NetworkedRestored',
    'FoundationSiteChosen',
    'FoundationRestored',
    'DependencyChanged',
    'DependencyRestored',
  ],
  from: 'start',
  onlyCommands: true,
  handle: async (events, { metadata, signal }) => {
    for (const event of events) {
      if (!(await reads.projector.caughtUp(event.position, TIMEOUT_MS))) throw new Error('the read models are late');
      const caused = metadata(event);
      // Each command has an id of its own, the same one when the event comes again.
      const contextFor = (what: string) =>
        new CommandContext({ metadata: { ...caused, request: `${caused.request}/${what}` }, now: clock.now() });
      for (const host of await hostsThatFollow(reads, event)) {
        if (signal.aborted) return;
        const { value: reason } = await gateway.execute(new FollowZone(Number(host)), contextFor(`host/${host}`));
        if (reason !== null) log.warn('a host name stays in the zone it was in', { host, reason });
      }
      for (const one of await dependenciesThatFollow(reads, event)) {
        if (signal.aborted) return;
        await gateway.execute(new FollowSite(Number(one)), contextFor(`dependency/${one}`));
      }
    }
  },
});

async function hostsThatFollow({ now }: Pick<ReadStore, 'now'>, { type, id }: LoggedEvent): Promise<readonly Key[]> {
  // What is put back may be in the zone that its site was in then.
  if (type === 'StructureRestored' || type === 'NetworkedRestored') return [id];
  if (type !== 'SiteZoneChosen' && type !== 'SiteRestored') return [];
  return (await now.keys(networkeds, { where: { site: id } })).keys;
}

async function dependenciesThatFollow(
  { now }: Pick<ReadStore, 'now'>,
  { type, id }: LoggedEvent,
): Promise<readonly Key[]> {
  const on = async (index: string): Promise<readonly Key[]> =>
    (await now.keys(dependencies, { where: { [index]: id } })).keys;
  switch (type) {
    case 'StructureMoved':
    case 'StructureRestored':
      return [...new Set([...(await on('structure')), ...(await on('scriptStructure'))])];
    case 'FoundationSiteChosen':
    case 'FoundationRestored':
      return on('foundation');
    case 'DependencyChanged':
      return on('dependency');
    case 'DependencyRestored':
      return [Number(id), ...(await on('dependency'))];
    default:
      return [];
  }
}
