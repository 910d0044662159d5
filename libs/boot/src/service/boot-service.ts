import { setTimeout as sleep } from 'node:timers/promises';
import { SiteAnswers } from '#dhcp/agent';
import { serveHttpFiles } from '../files/http-files.ts';
import type { FileServer, ListenAt } from '../files/tftp-server.ts';
import { serveTftp } from '../files/tftp-server.ts';
import type { BootRequest, ServedRequest } from '../trace/boot-request.ts';
import type { BootOptions, BootService, FileServerStatus } from './boot-options.ts';
import { BootReporter } from './boot-reporter.ts';
import { LeaseWatch } from './lease-watch.ts';
import { neighbours } from './neighbours.ts';
import { siteOfAddress, siteWith } from './site-of-address.ts';
import { servicesBeside } from './write-services.ts';

/** How often what waits is told, in milliseconds; after it failed, later and later. */
const TELL_MS = 2000;
const MAX_TELL_MS = 30_000;
/** How often it is asked which subnets there are, in milliseconds; after it failed, sooner. */
const SUBNETS_MS = 60_000;

/** Serves files to machines that boot, and tells the server what they ask for. @throws CannotListen */
export async function serveBoot(options: BootOptions): Promise<BootService> {
  const { sites, source, files, squid, chrony, log } = options;
  const started = Date.now();
  const stopping = new AbortController();
  const answers = new SiteAnswers(sites, source);
  const writeServices = servicesBeside({ squid, chrony, log });
  const leases = new LeaseWatch(started);
  const faults = new Map<string, string>();
  const reporter = new BootReporter(
    {
      report: (site, requests) => source.report(site, requests),
      siteOf: (address) => siteOfAddress(sites, answers.known, address) ?? siteWith(sites, answers.known, address),
      neighbours,
      isFinal: (error) => source.isFinal(error),
      log,
    },
    started,
  );

  const note = (request: ServedRequest | BootRequest): void => {
    reporter.note(request);
    log.debug('a machine asked for something', { ...request });
  };
  /** Does something, and says when it begins to fail and when it no longer does. @returns whether it was done */
  const attempt = async (what: string, act: () => Promise<void>): Promise<boolean> => {
    try {
      await act();
      if (faults.delete(what)) log.info(`again: ${what}`);
      return true;
    } catch (error) {
      const reason = (error as Error).message;
      if (faults.get(what) !== reason) log.warn(`not done: ${what}`, { reason });
      faults.set(what, reason);
      return false;
    }
  };
  const repeat = async (act: () => Promise<number>): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sleep(await act(), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const askSubnets = (): Promise<boolean> =>
    attempt('ask the server which subnets there are', async () => {
      const failed = await answers.ask();
      if (failed.length > 0) throw new Error(failed.join('; '));
    });
  const askAgain = async (): Promise<number> => {
    const asked = await askSubnets();
    const all = answers.whole?.map(({ subnet }) => subnet);
    const write = () => writeServices([...new Set(all)].toSorted());
    const done = (!all || (await attempt('write the configurations of the services beside', write))) && asked;
    againMs = done ? TELL_MS : Math.min(MAX_TELL_MS, 2 * againMs);
    return done ? SUBNETS_MS : againMs;
  };
  const tellRequests = (): Promise<boolean> => attempt('tell the server what machines ask for', () => reporter.tell());

  const servers = await openServers(options, note);
  let pauseMs = TELL_MS;
  let againMs = TELL_MS;
  const loops = [
    repeat(async () => {
      pauseMs = (await tellRequests()) ? TELL_MS : Math.min(MAX_TELL_MS, 2 * pauseMs);
      return pauseMs;
    }),
    // With one site, and nothing to be written, it does not matter.
    ...(sites.length > 1 || squid || chrony ? [repeat(askAgain)] : []),
  ];
  if (servers.length > 0) {
    const ports = servers.map(({ server, port }) => `${server} ${port}`);
    log.info('boot files are served', { folders: files.folders, ports });
  }
  return {
    sawLeases: (all) => leases.given(all).forEach(note),
    status: () => ({
      servers: servers.map(({ server, port, its }): FileServerStatus => ({ server, port, active: its.active() })),
      ...reporter.state,
      fault: faults.size === 0 ? undefined : [...faults].map(([what, reason]) => `${what}: ${reason}`).join('; '),
    }),
    async stop() {
      await Promise.all(servers.map(({ its }) => its.stop()));
      stopping.abort();
      await Promise.all(loops);
      await tellRequests();
    },
  };
}

interface OpenServer {
  readonly server: FileServerStatus['server'];
  readonly port: number;
  readonly its: FileServer;
}

/** A port that cannot be taken; the message says why. */
export class CannotListen extends Error {
  constructor(
    readonly server: FileServerStatus['server'],
    readonly at: ListenAt,
    cause: NodeJS.ErrnoException,
  ) {
    const right = cause.code === 'EACCES' ? ': ports below 1024 take the capability CAP_NET_BIND_SERVICE' : '';
    super(`cannot be listened on: ${cause.message}${right}`, { cause });
    this.name = 'CannotListen';
  }
}

/** Opens the servers that are wanted; where one cannot be, none is. */
async function openServers(
  { tftp, http, files, scripts, log }: BootOptions,
  note: (request: ServedRequest) => void,
): Promise<readonly OpenServer[]> {
  const opened: OpenServer[] = [];
  const open = async (
    server: OpenServer['server'],
    at: ListenAt | undefined,
    serve: typeof serveTftp,
  ): Promise<void> => {
    if (!at) return;
    const its = await serve({ at, files, scripts, note, log }).catch((error: unknown) => {
      throw new CannotListen(server, at, error as NodeJS.ErrnoException);
    });
    opened.push({ server, port: its.port, its });
  };
  try {
    await open('tftp', tftp, serveTftp);
    await open('http', http, serveHttpFiles);
    return opened;
  } catch (error) {
    await Promise.all(opened.map(({ its }) => its.stop()));
    throw error;
  }
}
