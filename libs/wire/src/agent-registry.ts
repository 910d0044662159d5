import type { Presence } from './messages.ts';
import type { Origin } from './subjects.ts';
import type { AgentAtSite, AgentMissing } from './wire.ts';

/** An agent counts as gone when it has not shown itself for this many of its own periods. */
const PERIODS = 3;
/** At most this many agents are remembered; the announcements of others are not taken. */
export const MAX_AGENTS = 10_000;

/** Who has shown itself lately, as the foreman's end remembers it. `now` gives milliseconds. */
export function agentRegistry(now: () => number = () => performance.now()) {
  const agents = new Map<string, { site: string; presence: Presence; until: number }>();

  const serves = (site: string, module: string): boolean =>
    [...agents.values()].some(
      (agent) => agent.site === site && (agent.presence.modules[module] ?? 0) > 0 && agent.until > now(),
    );

  return {
    serves,

    /** Writes an announcement down; gives the modules that were not served on that site before. */
    note({ site, agent: identity = '' }: Origin, presence: Presence): string[] {
      const { agent, modules, every } = presence;
      for (const [gone, { until }] of agents) if (until <= now()) agents.delete(gone);
      const offered = Object.keys(modules).filter((module) => (modules[module] ?? 0) > 0);
      // Of one identity there may be several; nobody speaks for another one.
      const key = `${site} ${identity} ${agent}`;
      if (!agents.has(key) && agents.size >= MAX_AGENTS) return [];
      const served = offered.filter((module) => !serves(site, module));
      if (offered.length === 0) agents.delete(key);
      else agents.set(key, { site, presence, until: now() + PERIODS * every });
      return served;
    },

    /** How many are there. */
    get size(): number {
      return [...agents.values()].filter(({ until }) => until > now()).length;
    },

    /** Who is there, with the modules of which they take tasks. */
    all: (): AgentAtSite[] =>
      [...agents.values()]
        .filter(({ until }) => until > now())
        .map(({ site, presence: { agent, modules } }) => ({
          site,
          agent,
          modules: Object.fromEntries(Object.entries(modules).filter(([, limit]) => limit > 0)),
        })),

    /** What they need and do not find. */
    missing: (): AgentMissing[] =>
      [...agents.values()]
        .filter(({ until }) => until > now())
        .flatMap(({ site, presence: { agent, missing = [] } }) => missing.map((one) => ({ ...one, agent, site }))),

    /** Forgets everybody: after a silence of our own, nobody is known to be there. */
    clear: () => agents.clear(),
  };
}
