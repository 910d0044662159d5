import type { ReadModel } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { LinkedBlock, Network } from './network.ts';

/** A network as it is shown. */
export interface NetworkRow extends Network {
  readonly links: readonly LinkedBlock[];
  readonly created: string;
  readonly updated: string;
}

/** Index value of a network in its site. */
export const networkNameKey = (site: string, name: string): string => `${site}/${name}`;

const changed = change<NetworkRow, Partial<Network>>((row, { data, at }) => ({ ...row, ...data, updated: at }));

/** Networks by id. */
export const networks: ReadModel<NetworkRow> = {
  name: 'networks',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { site: ({ site }) => site, name: ({ site, name }) => networkNameKey(site, name) },
  on: {
    NetworkDefined: rule<NetworkRow, Network>((_, { data, at }) => ({ ...data, links: [], created: at, updated: at })),
    NetworkRenamed: changed,
    NetworkMoved: changed,
    NetworkMtuChosen: changed,
    NetworkBlockLinked: change<NetworkRow, LinkedBlock>((row, { data }) => ({ ...row, links: [...row.links, data] })),
    NetworkBlockUnlinked: change<NetworkRow, Pick<LinkedBlock, 'link'>>((row, { data }) => ({
      ...row,
      links: row.links.filter(({ link }) => link !== data.link),
    })),
    NetworkDeleted: gone(),
    NetworkRestored: restoredRow(),
  },
};
