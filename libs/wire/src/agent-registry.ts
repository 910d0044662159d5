import type { Presence } from './messages.ts';
import { MAX_IDLE_MS } from './messages.ts';
import type { Origin } from './subjects.ts';
import type { AgentAtSite, AgentMissing } from './wire.ts';

/** An agent counts as gone when it has not shown itself for this many of its own periods. */
const PERIODS = 3;
/** At most this many agents are remembered; the announcements of others are not taken. */
export const MAX_AGENTS = 10_000;

/** How often those are looked for that are gone, in milliseconds. */
const SWEEP_MS = 1000;
/** How long one that is recorded is taken to be there without a word of it, in milliseconds. */
export const PRESUMED_MS = PERIODS * MAX_IDLE_MS;
/** How long an announcement that does not change is taken without looking into it, in milliseconds. */
export const LOOKED_INTO_MS = 30_000;

interface Shown {
  readonly site: string;
  readonly presence: Presence;
  /** The modules of which it takes tasks. */
  readonly offered: Readonly<Record<string, number>>;
  /** When it last announced itself; undefined: it is recorded to be there, and has not yet. */
  heard: number | undefined;
  /** When it counts as gone. */
  until: number;
}

/** An announcement as it came, and whose it is. */
interface Said {
  readonly data: Uint8Array;
  readonly shown: Shown;
  readonly lookedInto: number;
}

/**
 * Who has shown itself lately, as the foreman's end remembers it; what is asked and written down of one site costs what that
 * site has. `now` gives milliseconds.
 */
export function agentRegistry(now: () => number = () => performance.now()) {
  const sites = new Map<string, Map<string, Shown>>();
  /** What was last said under a subject. */
  const said = new Map<string, Said>();
  let count = 0;
  let swept = now();

  /** Those that have announced themselves. */
  const there = (): Shown[] => {
    const at = now();
    return [...sites.values()].flatMap((agents) =>
      [...agents.values()].filter(({ until, heard }) => until > at && heard !== undefined),
    );
  };

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
    for (const [subject, { shown }] of said) if (shown.until <= swept) said.delete(subject);
  };

  return {
    serves,

    /**
     * Takes an announcement that says what was said before under its subject, without reading it. @returns false where it
     * has to be looked into: it says something else, or was not looked into for long
     */
    again(subject: string, data: Uint8Array): boolean {
      const before = said.get(subject);
      const at = now();
      if (before === undefined || before.shown.until <= at || Buffer.compare(before.data, data) !== 0) return false;
      before.shown.heard = at;
      before.shown.until = at + PERIODS * before.shown.presence.every;
      return at - before.lookedInto < LOOKED_INTO_MS;
    },

    /** Agents are recorded to be there; gives those of their sites and modules that were not served before. */
    presume(agents: readonly AgentAtSite[]): { readonly site: string; readonly module: string }[] {
      const found: { readonly site: string; readonly module: string }[] = [];
      for (const { site, agent, modules } of agents) {
        const known = sites.get(site) ?? new Map<string, Shown>();
        if (count >= MAX_AGENTS || [...known.values()].some(({ presence }) => presence.agent === agent)) continue;
        for (const module of Object.keys(modules)) if (!serves(site, module)) found.push({ site, module });
        const presence = { agent, modules, every: MAX_IDLE_MS, lacking: [] };
        const shown = { site, presence, offered: modules, heard: undefined, until: now() + PRESUMED_MS };
        sites.set(site, known.set(presumed(agent), shown));
        count += 1;
      }
      return found;
    },

    /** Writes an announcement down; gives the modules that were not served on that site before. */
    note(
      { site, agent: identity = '' }: Origin,
      presence: Presence,
      as?: Pick<Said, 'data'> & { subject: string },
    ): string[] {
      const { agent, modules, every, lacking } = presence;
      sweep();
      if (as) said.delete(as.subject);
      const limits = Object.fromEntries(Object.entries(modules).filter(([, limit]) => limit > 0));
      const offered = Object.keys(limits);
      // Of one identity there may be several; nobody speaks for another one.
      const key = `${identity} ${agent}`;
      const served = offered.filter((module) => !serves(site, module));
      remove(site, presumed(agent));
      const known = sites.get(site)?.has(key) === true;
      if (!known && count >= MAX_AGENTS) return [];
      if (offered.length === 0) {
        remove(site, key);
        return served;
      }
      const agents = sites.get(site) ?? new Map<string, Shown>();
      const at = now();
      const shown = { site, presence, offered: limits, heard: at, until: at + PERIODS * every };
      sites.set(site, agents.set(key, shown));
      if (!known) count += 1;
      // Who lacks something is looked into each time.
      if (as && lacking.length === 0) said.set(as.subject, { data: as.data.slice(), shown, lookedInto: at });
      return served;
    },

    /** What was said under a subject is not taken any more: unless it is noted again, who said it is soon gone. */
    forget: (subject: string): void => void said.delete(subject),

    /** How many are there. */
    get size(): number {
      return there().length;
    },

    /** Who is there, with the modules of which they take tasks. */
    all: (): AgentAtSite[] =>
      there().map(({ site, presence: { agent }, offered, heard = 0 }) => ({
        site,
        agent,
        modules: offered,
        silentMs: now() - heard,
      })),

    /** What they need and do not find. */
    missing: (): AgentMissing[] =>
      there().flatMap(({ site, presence: { agent, missing = [] } }) => missing.map((one) => ({ ...one, agent, site }))),

    /** Forgets everybody: after a silence of our own, nobody is known to be there. */
    clear: () => {
      sites.clear();
      said.clear();
      count = 0;
    },
  };
}

/** Who has shown itself lately. */
export type AgentRegistry = ReturnType<typeof agentRegistry>;

/** The key of one that is recorded: no identity has a space before it. */
const presumed = (agent: string): string => `= ${agent}`;
