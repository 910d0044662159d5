import type { Presence } from './messages.ts';
import type { Origin } from './subjects.ts';
import type { AgentAtSite, AgentMissing } from './wire.ts';

/** An agent counts as gone when it has not shown itself for this many of its own periods. */
const PERIODS = 3;
/** At most this many agents are remembered; the announcements of others are not taken. */
export const MAX_AGENTS = 10_000;

/** How often those are looked for that are gone, in milliseconds. */
const SWEEP_MS = 1000;

interface Shown {
  readonly site: string;
  readonly presence: Presence;
  /** When it counts as gone. */
  readonly until: number;
}

/**
 * Who has shown itself lately, as the foreman's end remembers it; what is asked and written down of one site costs what that
 * site has. `now` gives milliseconds.
 */
export function agentRegistry(now: () => number = () => performance.now()) {
  const sites = new Map<string, Map<string, Shown>>();
  let count = 0;
  let swept = now();

  const there = (): Shown[] =>
    [...sites.values()].flatMap((agents) => [...agents.values()].filter(({ until }) => until > now()));

  const serves = (site: string, module: string): boolean => {
    for (const { presence, until } of sites.get(site)?.values() ?? []) {
      if ((presence.modules[module] ?? 0) > 0 && until > now()) return true;
    }
    return false;
  };

  const remove = (site: string, key: string): void => {
    const agents = sites.get(site);
    if (!agents?.delete(key)) return;
    count -= 1;
    if (agents.size === 0) sites.delete(site);
  };

  const sweep = (): void => {
    if (now() - swept < SWEEP_MS && count < MAX_AGENTS) return;
    swept = now();
    for (const [site, agents] of sites) {
      for (const [key, { until }] of agents) if (until <= swept) remove(site, key);
    }
  };

  return {
    serves,

    /** Writes an announcement down; gives the modules that were not served on that site before. */
    note({ site, agent: identity = '' }: Origin, presence: Presence): string[] {
      const { agent, modules, every } = presence;
      sweep();
      const offered = Object.keys(modules).filter((module) => (modules[module] ?? 0) > 0);
      // Of one identity there may be several; nobody speaks for another one.
      const key = `${identity} ${agent}`;
      const known = sites.get(site)?.has(key) === true;
      if (!known && count >= MAX_AGENTS) return [];
      const served = offered.filter((module) => !serves(site, module));
      if (offered.length === 0) {
        remove(site, key);
        return served;
      }
      const agents = sites.get(site) ?? new Map<string, Shown>();
      sites.set(site, agents.set(key, { site, presence, until: now() + PERIODS * every }));
      if (!known) count += 1;
      return served;
    },

    /** How many are there. */
    get size(): number {
      return there().length;
    },

    /** Who is there, with the modules of which they take tasks. */
    all: (): AgentAtSite[] =>
      there().map(({ site, presence: { agent, modules } }) => ({
        site,
        agent,
        modules: Object.fromEntries(Object.entries(modules).filter(([, limit]) => limit > 0)),
      })),

    /** What they need and do not find. */
    missing: (): AgentMissing[] =>
      there().flatMap(({ site, presence: { agent, missing = [] } }) => missing.map((one) => ({ ...one, agent, site }))),

    /** Forgets everybody: after a silence of our own, nobody is known to be there. */
    clear: () => {
      sites.clear();
      count = 0;
    },
  };
}
