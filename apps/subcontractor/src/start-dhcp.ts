import path from 'node:path';
import type { DhcpService, DhcpSource, Lease, ReportedLease } from '#dhcp/agent';
import { readSubnets, serveDhcp } from '#dhcp/agent';
import type { Logger } from '#kernel';
import type { PollServer } from '#wire';
import { isFinal, pollServer } from '#wire';
import { wantsDhcp } from './dhcp.settings.ts';
import type { Settings } from './settings.ts';

/** Where what DHCP served well is kept, in the folder for state. */
const CACHE = 'dhcp.json';

/** DHCP at all the sites of the settings; undefined: there is none. */
export async function startDhcp(
  settings: Settings,
  {
    name,
    state,
    onLeases,
    log,
  }: {
    readonly name: string;
    readonly state: string | undefined;
    readonly onLeases: (leases: readonly Lease[]) => void;
    readonly log: Logger;
  },
): Promise<DhcpService | undefined> {
  const { kea4, kea6, dhcpProxy, server, proxy, ca, user, password, sites } = settings;
  if (server === undefined || !wantsDhcp(settings)) return undefined;
  if (state === undefined) {
    log.warn('DHCP serves nothing after a restart until the server answers: SUBCONTRACTOR_STATE names a folder for it');
  }
  const session = pollServer({ server, proxy, caFile: ca, username: user, password, log });
  const service = await serveDhcp({
    sites,
    source: dhcpSource(session, name),
    kea4,
    kea6,
    settings: {
      bootUrl: settings.dhcpBootUrl ?? server,
      tftp: settings.dhcpTftp,
      filesUrl: settings.dhcpFilesUrl,
      console: settings.dhcpConsole,
      staticLease: settings.dhcpStaticLease,
      dynamicLease: settings.dhcpDynamicLease,
      relays: settings.dhcpRelays ?? new Map(),
    },
    probe: settings.dhcpProbe,
    radvd: settings.radvd === undefined ? undefined : { file: settings.radvd, pidFile: settings.radvdPid },
    proxyFile: dhcpProxy,
    cacheFile: state === undefined ? undefined : path.join(state, CACHE),
    everyMs: settings.dhcpInterval,
    onLeases,
    log,
  });
  return {
    ...service,
    async stop() {
      await service.stop();
      await session.close();
    },
  };
}

function dhcpSource(session: PollServer, agent: string): DhcpSource {
  const at = (site: string) => ({ site: `/api/v1/Site/Site:${site}:` });
  return {
    subnets: async (site) => readSubnets(await session.call<unknown>('SubContractor/DHCPd(getSubnets)', at(site))),
    isFinal,
    reported: (site) =>
      session.call<readonly ReportedLease[]>('SubContractor/DHCPLease(reported)', { ...at(site), agent }),
    report: async (site, granted, ended) => {
      await session.call('SubContractor/DHCPLease(report)', { ...at(site), agent, granted, ended });
    },
  };
}
