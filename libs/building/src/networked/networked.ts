import { entity } from '#kernel';

/** A host that nothing is built for: it has a name and addresses. Structures are hosts too, with ids of the same kind. */
export interface Networked {
  hostname: string;
  site: string;
  /** The DNS zone its host name was taken in: that of the site when it was last looked at. */
  zone: number | null;
  /** The foundation whose BMC it is, and with which it goes; not there where it is none. */
  readonly foundation?: string;
}

export const networked = entity<Networked>()({
  noun: 'Networked',
  category: 'networked',
  idField: 'id',
  changes: { NetworkedRenamed: 'hostname', NetworkedMoved: 'site', NetworkedZoneChosen: 'zone' },
});
