import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import { formatAddress, InvalidAddress, parseAddress, parseMac } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { siteFor } from '#site';
import { dhcpLease, leaseId } from './lease.ts';

/** How many changes are taken at a time. */
export const MAX_REPORTED = 1000;
/** The longest name of a machine or an agent, in characters. */
const MAX_NAME = 255;

/** A lease in a report, as it came. */
export type ReportedLease = Readonly<Record<string, unknown>>;

/** Notes which leases an agent says are new, and which have ended; what is known already is not noted again. */
export class ReportLeases extends NamedCommand {
  constructor(
    readonly site: string,
    readonly agent: string,
    readonly granted: readonly ReportedLease[],
    readonly ended: readonly ReportedLease[],
  ) {
    super();
  }
}

@CommandHandler(ReportLeases)
class ReportLeasesHandler extends UnitOfWorkHandler<ReportLeases> {
  async decide(work: UnitOfWork, { site, agent, granted, ended }: ReportLeases) {
    await siteFor(work, 'site', site);
    if (agent.length === 0 || agent.length > MAX_NAME) {
      work.fault('agent', 'INVALID_VALUE', `must be 1 to ${MAX_NAME} characters`);
    }
    if (granted.length + ended.length > MAX_REPORTED) {
      work.fault('granted', 'TOO_MANY', `must be at most ${MAX_REPORTED} leases at a time, those that ended included`);
      return;
    }
    const over = ended.flatMap((lease) => readLease(work, 'ended', lease) ?? []);
    const begun = granted.flatMap((lease) => readLease(work, 'granted', lease) ?? []);
    for (const { address, mac } of over) {
      await work.decide(dhcpLease, leaseId(site, address), { type: 'EndLease', data: { mac } });
    }
    for (const lease of begun) {
      const data = { site, agent, ...lease };
      await work.decide(dhcpLease, leaseId(site, lease.address), { type: 'GrantLease', data });
    }
  }
}

/** Reads a lease; what is wrong with it is a fault of the field. */
function readLease(work: UnitOfWork, field: string, { ip_address: ip, mac, host_name: name }: ReportedLease) {
  const known = typeof mac === 'string' ? parseMac(mac) : undefined;
  const address = readAddress(ip);
  if (address === undefined) work.fault(field, 'INVALID_VALUE', `the ip_address ${JSON.stringify(ip)} is no address`);
  if (!known) work.fault(field, 'INVALID_VALUE', `the mac ${JSON.stringify(mac)} is no MAC`);
  if (address === undefined || !known) return undefined;
  // It is what the machine says of itself: no reason to refuse the lease.
  const hostName = typeof name === 'string' ? printable(name) : '';
  return { address, mac: known, hostName };
}

function readAddress(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return formatAddress(parseAddress(text));
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}

const printable = (name: string): string => name.slice(0, MAX_NAME).replaceAll(/[^\x20-\x7e]/g, '?');

export const leaseHandlers = [ReportLeasesHandler];
