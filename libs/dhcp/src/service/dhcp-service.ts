import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { dnsmasqProxy } from '../kea/dnsmasq-proxy.ts';
import { ownAddresses } from '../kea/local-links.ts';
import { numberedSubnet } from '../subnets/address-range.ts';
import { checkSubnets } from '../subnets/check-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { ServedWell } from './dhcp-cache.ts';
import { NOTHING_YET, readCache, writeCache } from './dhcp-cache.ts';
import type { DhcpOptions, DhcpService } from './dhcp-options.ts';
import { LeaseReporter } from './lease-reporter.ts';
import { replaceChanged } from './replace-file.ts';
import { advertise } from './router-advertisements.ts';
import type { ServedKea } from './served-kea.ts';
import { servedKeas } from './served-kea.ts';

/** The server is asked for at most a twentieth of the time: however long it takes, the pause is so many times longer. */
const SHARE = 20;
/** The longest pause between two rounds beyond the usual one, in milliseconds. */
const MAX_PAUSE_MS = 60_000;

/** Has Kea serve what the server says, until it is stopped. What was served well is served again where the server is away. */
export async function serveDhcp(options: DhcpOptions): Promise<DhcpService> {
  const { sites, source, everyMs, cacheFile, log, interfaces = networkInterfaces } = options;
  const kept = await keptBefore(options);
  const served = servedKeas(options, kept, interfaces);
  const reporter = new LeaseReporter(source);
  const bySite = new Map<string, readonly SiteSubnet[]>();
  const stopping = new AbortController();
  let refused: readonly string[] = [];
  let fault: string | undefined;
  let written = kept;
  let askingMs = 0;

  const askServer = async (): Promise<void> => {
    const begun = performance.now();
    for (const site of sites) bySite.set(site, await source.subnets(site));
    askingMs = performance.now() - begun;
  };
  /** All that the server has said; undefined: it has not said it of every site yet. */
  const known = (): readonly SiteSubnet[] | undefined =>
    sites.every((site) => bySite.has(site)) ? sites.flatMap((site) => bySite.get(site) ?? []) : undefined;

  const serveOne = async (one: ServedKea): Promise<readonly string[]> => {
    const wanted = (known() ?? kept[one.name])?.filter(({ subnet }) => isIpv4(subnet) === (one.family === 4));
    if (!wanted) return [];
    const checked = checkSubnets(wanted, ownAddresses(interfaces()));
    await one.serve(checked.served);
    if (one.family === 6 && options.radvd) {
      await advertise(options.radvd, checked.served, one.running, interfaces(), log);
    }
    return checked.refused;
  };
  const writeProxy = async (): Promise<void> => {
    const wanted = known();
    if (options.proxyFile === undefined || !wanted) return;
    if (await replaceChanged(options.proxyFile, dnsmasqProxy(wanted, options.settings))) {
      log.info('the proxy beside DHCP is set up; dnsmasq has to be started again', { file: options.proxyFile });
    }
  };
  const keep = async (): Promise<void> => {
    const now = Object.fromEntries(served.map(({ name, good }) => [name, good])) as Partial<ServedWell>;
    const next = { ...NOTHING_YET, ...now };
    if (cacheFile === undefined || (next.dhcp4 === written.dhcp4 && next.dhcp6 === written.dhcp6)) return;
    await writeCache(cacheFile, next);
    written = next;
  };
  const report = async (): Promise<void> => {
    // Where one of them has told nothing, it is not known which leases have ended.
    if (served.some(({ leases }) => !leases)) return;
    const all = served.flatMap(({ leases }) => leases ?? []);
    for (const site of sites) {
      const blocks = new Set(bySite.get(site)?.map(({ block }) => block));
      await reporter.tell(
        site,
        all.filter(({ block }) => blocks.has(block)),
      );
    }
  };
  const round = async (): Promise<void> => {
    const faults: string[] = [];
    const noted = (what: string) => (error: unknown) => void faults.push(`${what}: ${(error as Error).message}`);
    await askServer().catch(noted('the server does not say what is to be served'));
    tellRefused((await Promise.all(served.map(serveOne))).flat());
    options.onLeases?.(served.flatMap(({ leases }) => leases ?? []));
    await writeProxy().catch(noted('the configuration of the proxy cannot be written'));
    await keep().catch(noted('what is served cannot be kept'));
    if (known() && faults.length === 0) await report().catch(noted('leases cannot be reported'));
    tellFault(faults.join('; ') || undefined);
  };
  const tellFault = (now: string | undefined): void => {
    if (now !== undefined && now !== fault) log.warn('DHCP goes on with what it knows', { reason: now });
    if (now === undefined && fault !== undefined) log.info('DHCP goes on with what the server says');
    fault = now;
  };
  const tellRefused = (now: readonly string[]): void => {
    const isNew = now.join('\n') !== refused.join('\n');
    if (isNew && now.length > 0)
      log.warn('DHCP leaves some out', { reasons: now.slice(0, MAX_TOLD), in_all: now.length });
    refused = now;
  };
  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => log.error('DHCP failed; it is tried again', error));
      const pauseMs = Math.max(everyMs, Math.min(MAX_PAUSE_MS, SHARE * askingMs));
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const living = live();
  return {
    status: () => ({ servers: served.map(({ status }) => status), refused, fault }),
    async stop() {
      stopping.abort();
      await living;
    },
  };
}

/** How many of those that are left out are logged. */
const MAX_TOLD = 20;

const isIpv4 = (subnet: string): boolean => numberedSubnet(subnet)?.ipv4 ?? true;

/** What was kept; where it cannot be read, that is said, and it is as if there were nothing. */
async function keptBefore({ cacheFile, log }: DhcpOptions): Promise<ServedWell> {
  if (cacheFile === undefined) return NOTHING_YET;
  return readCache(cacheFile).catch((error: unknown) => {
    log.error('what DHCP served before cannot be read', error, { file: cacheFile });
    return NOTHING_YET;
  });
}
