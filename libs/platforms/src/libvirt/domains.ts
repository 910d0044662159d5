import { readDomain, type ReadDomain } from './domain-xml.ts';
import type { Virsh, VirshConnection } from './virsh.ts';

/** A domain as the host lists it. */
export interface ListedDomain {
  readonly uuid: string;
  readonly name: string;
}

const LISTED = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+(\S.*?)\s*$/;

/** Every domain of a host, running or not. */
export const domainsOf = async (virsh: Virsh): Promise<readonly ListedDomain[]> =>
  parseDomains(await virsh(['list', '--all', '--uuid', '--name']));

/** The domains in what virsh lists, a line for each. */
export const parseDomains = (text: string): readonly ListedDomain[] =>
  text.split('\n').flatMap((line) => {
    const [, uuid, name] = LISTED.exec(line) ?? [];
    return uuid === undefined || name === undefined ? [] : [{ uuid, name }];
  });

/** What a domain says of itself, as it is defined. */
export const describeDomain = async (virsh: Virsh, uuid: string): Promise<ReadDomain> =>
  readDomain(await virsh(['dumpxml', '--inactive', uuid]));

/** Which domain is meant: by its UUID, or where none is known by its name. */
export interface DomainId {
  readonly uuid: string | null;
  readonly name: string;
}

/**
 * The domain that is meant. One that is meant by its name alone counts only where a task made it: somebody else may have
 * given one the same name.
 */
export async function findDomain(virsh: Virsh, { uuid, name }: DomainId): Promise<ReadDomain | undefined> {
  const domains = await domainsOf(virsh);
  const listed = domains.find((domain) => (uuid === null ? domain.name === name : domain.uuid === uuid.toLowerCase()));
  if (!listed) return undefined;
  const found = await describeDomain(virsh, listed.uuid);
  return uuid !== null || found.task !== '' ? found : undefined;
}

/** What virsh says where a domain may not be there: whether it is so, the list of domains tells. */
const NO_DOMAIN = /failed to get domain|domain not found/i;

/** A domain that is meant is not there. */
export class NoDomain extends Error {
  override readonly name = 'NoDomain';
}

/**
 * Does something with the domain that is meant, by its UUID. That it is there is not looked at before, but where it fails.
 * @throws NoDomain where there is none; what `act` throws
 */
export async function withDomain<R>(
  { virsh, address: { host }, signal }: VirshConnection,
  id: DomainId,
  act: (uuid: string) => Promise<R>,
): Promise<R> {
  const missing = (what: string) =>
    new NoDomain(`there is no domain ${what} on ${host}: it was removed by hand, or is on another host`);
  const uuid = id.uuid ?? (await findDomain(virsh, id))?.uuid;
  if (uuid === undefined) throw missing(`"${id.name}" that a task has made`);
  try {
    return await act(uuid);
  } catch (error) {
    if (signal.aborted || !NO_DOMAIN.test(String(error))) throw error;
    if ((await domainsOf(virsh)).some((domain) => domain.uuid === uuid)) throw error;
    throw missing(`with the UUID ${uuid} ("${id.name}")`);
  }
}
