import type { Logger } from '#kernel';
import { offeredPlatform } from '#platform';
import type { AnyAgentHalf } from '#platform';
import { productVersion } from '#runtime/version';
import { httpPollAgent, jetstreamAgent, natsKey, pollServer, startAgent, taskSlots } from '#wire';
import type { AgentWire, Outcome, PollServer, ReportSpool, RunningAgent, Task } from '#wire';
import type { AgentStatus } from './agent-status.ts';
import { hashicorpVault } from './hashicorp-vault.ts';
import type { Settings } from './settings.ts';

export interface ServeOptions {
  readonly settings: Settings;
  /** How it is called. */
  readonly name: string;
  readonly halves: readonly AnyAgentHalf[];
  readonly log: Logger;
  readonly spool: ReportSpool | undefined;
  readonly onEnded: (task: Task, outcome: Outcome | undefined, seconds: number) => void;
}

/** A subcontractor at work at all its sites. */
export interface SitesServed {
  status(): Promise<AgentStatus>;
  /**
   * Takes no more tasks and resolves when those at work have ended and are reported, or kept; after `within` milliseconds
   * they are handed back.
   */
  stop(within: number): Promise<void>;
}

interface Served {
  readonly site: string;
  readonly wire: AgentWire;
  readonly agent: RunningAgent;
}

/** Serves the sites of the settings; the modules' limits hold for all sites together. */
export async function serveSites(options: ServeOptions): Promise<SitesServed> {
  const { settings, name, halves, log, spool, onEnded } = options;
  const { limits, maxTasks } = settings;
  const started = new Date().toISOString();
  const slots = taskSlots(limits, maxTasks);
  const limitOf = (module: string): number => Math.min(limits[module] ?? 0, maxTasks ?? Number.POSITIVE_INFINITY);
  const vault = vaultOf(settings);
  const modules = Object.fromEntries(
    halves.map((half) => [half.contract.name, { limit: limitOf(half.contract.name), half: offeredPlatform(half) }]),
  );
  const session = settings.natsUrl === undefined ? sessionOf(settings, log) : undefined;
  const wireOf = (): AgentWire => {
    const { natsUrl, natsTransport, installation, token, server = '', pollInterval: everyMs, maxRequested } = settings;
    if (session) return httpPollAgent({ session, server, everyMs, maxRequested, slots, store: spool, log });
    const key = token === undefined ? undefined : natsKey(token);
    return jetstreamAgent({ servers: natsUrl ?? '', ...natsTransport, name, log, installation, key, store: spool });
  };
  let stopping = false;
  const served = await Promise.all(
    settings.sites.map(async (site): Promise<Served> => {
      const wire = wireOf();
      return { site, wire, agent: await startAgent({ wire, name, site, modules, log, vault, onEnded, slots }) };
    }),
  );

  return {
    async status() {
      const sites = served.map(async ({ site, wire, agent }) => {
        const reason = stopping ? 'it stops' : await wire.fault?.();
        return {
          site,
          connected: reason === undefined,
          ...(reason === undefined ? {} : { reason }),
          atWork: agent.atWork,
        };
      });
      return {
        pid: process.pid,
        version: productVersion(),
        name,
        started,
        transport: session ? 'poll' : 'nats',
        stopping,
        modules: Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit > 0)),
        sites: await Promise.all(sites),
        missing: served[0]?.agent.missing ?? [],
        unsent: spool?.kept.length ?? 0,
        setAside: spool?.setAside ?? 0,
      };
    },

    async stop(within) {
      stopping = true;
      await Promise.all(served.map(({ agent }) => agent.stop(within)));
      await session?.close();
      if (spool && spool.kept.length > 0) {
        log.warn('results are kept and will be sent after the next start', { results: spool.kept.length });
      }
    },
  };
}

function sessionOf({ server = '', proxy, ca, user, password }: Settings, log: Logger): PollServer {
  return pollServer({ server, proxy, caFile: ca, username: user, password, log });
}

function vaultOf({ vault, vaultUrl, vaultToken, vaultProxy, vaultVerifyTls }: Settings) {
  if (vault === undefined || vaultUrl === undefined || vaultToken === undefined) return undefined;
  return hashicorpVault({ url: vaultUrl, token: vaultToken, proxy: vaultProxy, verifyTls: vaultVerifyTls });
}
