import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#kernel';
import type { DhcpSettings } from '../kea/boot-settings.ts';
import { kea4Configuration } from '../kea/kea4-configuration.ts';
import { kea6Configuration } from '../kea/kea6-configuration.ts';
import type { KeaState } from '../kea/kea-driver.ts';
import { KeaDriver } from '../kea/kea-driver.ts';
import type { Lease } from '../kea/kea-leases.ts';
import { currentLeases, NO_LEASE_COMMANDS } from '../kea/kea-leases.ts';
import type { AskKea } from '../kea/kea-socket.ts';
import { keaSocket, KeaUnreachable } from '../kea/kea-socket.ts';
import type { Interfaces } from '../kea/local-links.ts';
import { interfacesBySubnet, ownAddresses, questionTarget } from '../kea/local-links.ts';
import type { DiscoverTarget } from '../kea/discover.ts';
import { offersLeases, questionFor } from '../kea/prove-service.ts';
import { numberedSubnet } from '../subnets/address-range.ts';
import { checkSubnets } from '../subnets/check-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { ServedWell } from './dhcp-cache.ts';
import { NOTHING_YET, readCache, writeCache } from './dhcp-cache.ts';
import type { LeaseServer } from './lease-reporter.ts';
import { LeaseReporter } from './lease-reporter.ts';
import type { RouterAdvertisements } from './router-advertisements.ts';
import { advertise } from './router-advertisements.ts';

/** The server, as far as DHCP asks it. */
export interface DhcpSource extends LeaseServer {
  /** What is to be served of a site. */
  subnets(site: string): Promise<readonly SiteSubnet[]>;
}

export interface DhcpOptions {
  readonly sites: readonly string[];
  readonly source: DhcpSource;
  /** The control sockets of Kea's servers. */
  readonly kea4: string | undefined;
  readonly kea6: string | undefined;
  readonly settings: DhcpSettings;
  /** Where DHCPv4 is asked for a lease as a proof; undefined: where Kea listens on this machine. */
  readonly probe: DiscoverTarget | undefined;
  readonly radvd: RouterAdvertisements | undefined;
  /** Where what was served well is kept; undefined: nowhere. */
  readonly cacheFile: string | undefined;
  /** Between two looks at the server and Kea, in milliseconds. */
  readonly everyMs: number;
  readonly log: Logger;
  readonly interfaces?: () => Interfaces;
}

/** How DHCP is getting on, of one server of Kea's. */
export interface DhcpServerStatus extends KeaState {
  readonly server: 'dhcp4' | 'dhcp6';
  readonly subnets: number;
  readonly machines: number;
  /** Undefined: Kea cannot be asked for them. */
  readonly leases: number | undefined;
}

/** How DHCP is getting on. */
export interface DhcpStatus {
  readonly servers: readonly DhcpServerStatus[];
  /** What is left out, in words. */
  readonly refused: readonly string[];
  /** Why the server cannot be asked, or told of leases. */
  readonly fault: string | undefined;
}

/** DHCP that is being served. */
export interface DhcpService {
  status(): DhcpStatus;
  /** Ends; Kea goes on with what it has. */
  stop(): Promise<void>;
}

/** A server of Kea's with what is done with it. */
interface Served {
  readonly name: 'dhcp4' | 'dhcp6';
  readonly family: 4 | 6;
  readonly ask: AskKea;
  readonly driver: KeaDriver;
  leases: readonly Lease[] | undefined;
  /** How long it is left alone after it could not be reached, in milliseconds, and until when. */
  pauseMs: number;
  next: number;
}

/** A round takes at most a twentieth of the time: however long it takes, the pause is so many times longer. */
const SHARE = 20;
/** The longest pause after Kea could not be reached, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/** Has Kea serve what the server says, until it is stopped. What was served well is served again where the server is away. */
export async function serveDhcp(options: DhcpOptions): Promise<DhcpService> {
  const { sites, source, everyMs, cacheFile, log, radvd, interfaces = networkInterfaces } = options;
  const kept = await keptBefore(cacheFile, log);
  const served = serversOf(options, kept, interfaces);
  const reporter = new LeaseReporter(source);
  const bySite = new Map<string, readonly SiteSubnet[]>();
  const stopping = new AbortController();
  let refused: readonly string[] = [];
  let fault: string | undefined;
  let written = kept;
  let told = '';

  const askServer = async (): Promise<void> => {
    for (const site of sites) bySite.set(site, await source.subnets(site));
  };
  /** What is to be served; undefined: it is not known, and was not before. */
  const wanted = (family: 4 | 6): readonly SiteSubnet[] | undefined => {
    const known = sites.every((site) => bySite.has(site));
    const all = known ? sites.flatMap((site) => bySite.get(site) ?? []) : kept[`dhcp${family}`];
    return all?.filter(({ subnet }) => (numberedSubnet(subnet)?.ipv4 ?? true) === (family === 4));
  };
  const serveOne = async (one: Served): Promise<readonly string[]> => {
    const subnets = wanted(one.family);
    if (!subnets) return [];
    const checked = checkSubnets(subnets, ownAddresses(interfaces()));
    if (performance.now() < one.next) return checked.refused;
    try {
      await one.driver.serve(checked.served);
      const before = one.leases;
      one.leases = await currentLeases(one.ask, one.family, Date.now());
      if (!one.leases && (before || one.pauseMs === 0)) log.warn(NO_LEASE_COMMANDS, { server: one.name });
      one.pauseMs = everyMs;
      if (one.family === 6 && radvd) await advertise(radvd, checked.served, one.driver.running, interfaces(), log);
    } catch (error) {
      if (!(error instanceof KeaUnreachable)) throw error;
      one.next = performance.now() + one.pauseMs;
      one.pauseMs = Math.min(MAX_PAUSE_MS, 2 * Math.max(one.pauseMs, everyMs));
    }
    return checked.refused;
  };
  const keep = async (): Promise<void> => {
    const now = Object.fromEntries(served.map(({ name, driver }) => [name, driver.good])) as Partial<ServedWell>;
    const next = { ...NOTHING_YET, ...now };
    if (cacheFile === undefined || (next.dhcp4 === written.dhcp4 && next.dhcp6 === written.dhcp6)) return;
    await writeCache(cacheFile, next);
    written = next;
  };
  const report = async (): Promise<void> => {
    if (served.some(({ leases }) => !leases)) return;
    const siteOf = new Map([...bySite].flatMap(([site, its]) => its.map(({ block }) => [block, site] as const)));
    const all = served.flatMap(({ leases }) => leases ?? []);
    for (const site of sites) await reporter.tell(site, all.filter(({ block }) => siteOf.get(block) === site));
  };
  const round = async (): Promise<void> => {
    const faults: string[] = [];
    const noted = (what: string) => (error: unknown) => void faults.push(`${what}: ${(error as Error).message}`);
    await askServer().catch(noted('the server does not say what is to be served'));
    refused = (await Promise.all(served.map(serveOne))).flat();
    await keep().catch(noted('what is served cannot be kept'));
    if (faults.length === 0) await report().catch(noted('leases cannot be reported'));
    tellFault(faults.join('; ') || undefined);
    tellRefused();
  };
  const tellFault = (now: string | undefined): void => {
    if (now !== undefined && now !== fault) log.warn('DHCP goes on with what it knows', { reason: now });
    if (now === undefined && fault !== undefined) log.info('the server answers again about DHCP');
    fault = now;
  };
  const tellRefused = (): void => {
    const now = refused.join('\n');
    if (now !== told && refused.length > 0) log.warn('some machines are left out by DHCP', { reasons: refused });
    told = now;
  };
  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      await round().catch((error: unknown) => log.error('DHCP failed; it is tried again', error));
      const pauseMs = Math.max(everyMs, SHARE * (performance.now() - begun));
      await sleep(Math.min(pauseMs, MAX_PAUSE_MS), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const living = live();
  return {
    status: () => ({
      servers: served.map(({ name, driver, leases }) => ({
        server: name,
        ...driver.state,
        subnets: driver.good?.length ?? 0,
        machines: (driver.good ?? []).reduce((sum, { machines }) => sum + machines.length, 0),
        leases: leases?.length,
      })),
      refused,
      fault,
    }),
    async stop() {
      stopping.abort();
      await living;
    },
  };
}

/** What was kept; where it cannot be read, that is said, and it is as if there were nothing. */
async function keptBefore(cacheFile: string | undefined, log: Logger): Promise<ServedWell> {
  if (cacheFile === undefined) return NOTHING_YET;
  return readCache(cacheFile).catch((error: unknown) => {
    log.error('what DHCP served before cannot be read', error, { file: cacheFile });
    return NOTHING_YET;
  });
}

function serversOf(
  { kea4, kea6, settings, probe, log }: DhcpOptions,
  kept: ServedWell,
  interfaces: () => Interfaces,
): readonly Served[] {
  const served = (
    name: Served['name'],
    socket: string | undefined,
    parts: (ask: AskKea) => Pick<ConstructorParameters<typeof KeaDriver>[0], 'render' | 'prove'>,
  ): readonly Served[] => {
    if (socket === undefined) return [];
    const ask = keaSocket(socket);
    const driver = new KeaDriver({ ...parts(ask), ask, name, socket, good: kept[name], log });
    return [{ name, family: name === 'dhcp4' ? 4 : 6, ask, driver, leases: undefined, pauseMs: 0, next: 0 }];
  };
  return [
    ...served('dhcp4', kea4, (ask) => ({
      render: (subnets, running) => kea4Configuration(subnets, settings, running),
      prove: async (subnets, running) => {
        const question = questionFor(subnets, settings.relays);
        const target = probe ?? questionTarget(running, interfaces());
        return question && target && offersLeases(ask, question, target);
      },
    })),
    ...served('dhcp6', kea6, () => ({
      render: (subnets, running) => {
        const links = interfacesBySubnet(subnets, interfaces(), running);
        return kea6Configuration(subnets, { settings, interfaces: links }, running);
      },
      prove: async () => undefined,
    })),
  ];
}
