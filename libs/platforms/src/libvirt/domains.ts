import { readDomain, type ReadDomain } from './domain-xml.ts';
import type { Virsh } from './virsh.ts';

/** A domain as the host lists it. */
export interface ListedDomain {
  readonly uuid: string;
  readonly name: string;
}

const LISTED = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+(\S.*?)\s*$/;

/** Every domain of a host, running or not. */
export async function domainsOf(virsh: Virsh): Promise<readonly ListedDomain[]> {
  const lines = (await virsh(['list', '--all', '--uuid', '--name'])).split('\n');
  return lines.flatMap((line) => {
    const [, uuid, name] = LISTED.exec(line) ?? [];
    return uuid === undefined || name === undefined ? [] : [{ uuid, name }];
  });
}

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

/** The domain that is meant. @throws Error where there is none */
export async function theDomain(virsh: Virsh, id: DomainId, host: string): Promise<ReadDomain> {
  const found = await findDomain(virsh, id);
  if (found) return found;
  const what = id.uuid === null ? `"${id.name}" that a task has made` : `with the UUID ${id.uuid} ("${id.name}")`;
  throw new Error(`there is no domain ${what} on ${host}: it was removed by hand, or is on another host`);
}
