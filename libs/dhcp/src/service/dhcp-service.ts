import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { dnsmasqProxy } from '../kea/dnsmasq-proxy.ts';
import { ownAddresses, seenInterfaces } from '../kea/local-links.ts';
import { numberedSubnet } from '../subnets/address-range.ts';
import { checkSubnets } from '../subnets/check-subnets.ts';
import type { ServedWell } from './dhcp-cache.ts';
import { NOTHING_YET, readCache, writeCache } from './dhcp-cache.ts';
import type { DhcpOptions, DhcpService } from './dhcp-options.ts';
import { LeaseReporter } from './lease-reporter.ts';
import { replaceChanged } from './replace-file.ts';
import { RouterAdvertisements } from './router-advertisements.ts';
import { SiteAnswers } from './site-answers.ts';
import type { ServedKea } from './served-kea.ts';
import { servedKeas } from './served-kea.ts';

/** The server is asked for at most a twentieth of the time: however long it takes, the pause is so many times longer. */
const SHARE = 20;
/** The longest pause between two rounds beyond the usual one, in milliseconds. */
const MAX_PAUSE_MS = 60_000;

/** Has Kea serve what the server says, until it is stopped. What was served well is served again where the server is away. */
export async function serveDhcp(options: DhcpOptions): Promise<DhcpService> {
  const { sites, source, everyMs, cacheFile, log } = options;
  const kept = await keptBefore(options);
  const interfaces = seenInterfaces(options.interfaces ?? networkInterfaces);
  const served = servedKeas(options, kept, interfaces);
  const reporter = new LeaseReporter(source);
  const answers = new SiteAnswers(sites, source);
  const radvd = options.radvd && new RouterAdvertisements(options.radvd, log);
  const stopping = new AbortController();
  let refused: readonly string[] = [];
  let fault: string | undefined;
  let written = kept;
  let askingMs = 0;

  const askServer = async (): Promise<readonly string[]> => {
    const begun = performance.now();
    const faults = await answers.ask();
    askingMs = performance.now() - begun;
    return faults.map((fault) => `the server does not say what is to be served: ${fault}`);
  };

  const serveOne = async (one: ServedKea): Promise<readonly string[]> => {
    const wanted = answers.all(kept[one.name])?.filter(({ subnet }) => isIpv4(subnet) === (one.family === 4));
    if (!wanted) return [];
    const checked = checkSubnets(wanted, ownAddresses(interfaces()));
    await one.serve(checked.served);
    if (one.family === 6) await radvd?.advertise(checked.served, one.running, interfaces());
    return checked.refused;
  };
  const writeProxy = async (): Promise<void> => {
    // What is written there already may be right of one that is not known.
    const wanted = answers.whole;
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
  /** Reports of the sites that the server knows, each by itself. @returns why it cannot, in words */
  const report = async (): Promise<readonly string[]> => {
    // Where one of them has told nothing, it is not known which leases have ended.
    if (served.some(({ leases }) => !leases)) return [];
    const all = served.flatMap(({ leases }) => leases ?? []);
    const faults: string[] = [];
    for (const site of sites.filter((one) => answers.isFresh(one))) {
      const blocks = new Set(answers.known.get(site)?.map(({ block }) => block));
      const its = all.filter(({ block }) => blocks.has(block));
      await reporter.tell(site, its).catch((error: unknown) => {
        faults.push(`leases cannot be reported: site ${site}: ${(error as Error).message}`);
      });
    }
    return faults;
  };
  const round = async (): Promise<void> => {
    const faults = [...(await askServer())];
    const noted = (what: string) => (error: unknown) => void faults.push(`${what}: ${(error as Error).message}`);
    tellRefused((await Promise.all(served.map(serveOne))).flat());
    options.onLeases?.(served.flatMap(({ leases }) => leases ?? []));
    await writeProxy().catch(noted('the configuration of the proxy cannot be written'));
    await keep().catch(noted('what is served cannot be kept'));
    faults.push(...(await report()));
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
