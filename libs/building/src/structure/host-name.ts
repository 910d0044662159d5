import type { NamePattern } from '#api';
import { checkPattern } from '#api';
import type { Decider, Message, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';

/** Who has a host name: the id of its structure; undefined: nobody. */
type State = number | undefined;

interface Held {
  readonly holder: number;
  /** What is told to somebody else who wants it. */
  readonly taken: string;
}

export type HostNameCommand = Message<'TakeHostName', Held> | Message<'FreeHostName', { readonly holder: number }>;
export type HostNameEvent =
  Message<'HostNameTaken', { readonly holder: number }> | Message<'HostNameFreed', { readonly holder: number }>;

/** A host name within a site or a DNS zone: one stream for each, so that each is held by one only. */
export const hostName: Decider<State, HostNameCommand, HostNameEvent> = {
  category: 'hostName',
  creationCommands: ['TakeHostName'],
  initial: () => undefined,
  decide: {
    TakeHostName: ({ holder, taken }, state) => {
      if (state === holder) return [];
      return state === undefined ? { type: 'HostNameTaken', data: { holder } } : refuse('hostname', 'TAKEN', taken);
    },
    FreeHostName: ({ holder }, state) => (state === holder ? { type: 'HostNameFreed', data: { holder } } : []),
  },
  evolve: {
    HostNameTaken: ({ holder }) => holder,
    HostNameFreed: () => undefined,
  },
};

/** A host name, the site it is used in, and the DNS zone of that site. */
export interface HostNamePlace {
  readonly hostname: string;
  readonly site: string;
  readonly zone: number | null;
}

/** Host names as RFC 1123 has them, in lower case, of at least two characters. */
export const HOSTNAME: NamePattern = {
  pattern: /^[a-z0-9][a-z0-9-]*[a-z0-9]$/,
  rule: 'at least two lower-case letters, digits and "-", with a letter or a digit first and last',
};

/** Refuses text that is no host name. */
export function checkHostName(work: UnitOfWork, hostname: string): void {
  checkPattern(work, 'hostname', hostname, 'invalid', HOSTNAME);
}

/** Takes a host name, in its site and in its zone; where somebody else has it, that is a fault of the field. */
export async function takeHostName(
  work: UnitOfWork,
  holder: number,
  { hostname, site, zone }: HostNamePlace,
): Promise<void> {
  const inSite = 'Structure with this Site and Hostname already exists.';
  const taken = await work.decide(hostName, `site/${site}/${hostname}`, {
    type: 'TakeHostName',
    data: { holder, taken: inSite },
  });
  if (!taken || zone === null) return;
  const inZone = `Hostname "${hostname}" allready used in DNS Zone "${zone}"`;
  await work.decide(hostName, `zone/${zone}/${hostname}`, { type: 'TakeHostName', data: { holder, taken: inZone } });
}

/** Gives a host name back. */
export async function freeHostName(
  work: UnitOfWork,
  holder: number,
  { hostname, site, zone }: HostNamePlace,
): Promise<void> {
  const command = { type: 'FreeHostName', data: { holder } } as const;
  await work.decide(hostName, `site/${site}/${hostname}`, command);
  if (zone !== null) await work.decide(hostName, `zone/${zone}/${hostname}`, command);
}
