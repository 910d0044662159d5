import type { Logger } from '#kernel';

/** For how many sites that do not exist it is remembered who asks; the one asked for first is forgotten first. */
export const MAX_UNKNOWN_SITES = 100;
/** How long an agent that has asked for one is told of, in milliseconds. */
const TOLD_FOR_MS = 600_000;
/** How much is kept of a name from outside, in characters. */
const MAX_NAME = 100;

/** An agent that asks for a site that does not exist. */
export interface UnknownSite {
  readonly site: string;
  /** The name of the agent, or who polls. */
  readonly agent: string;
}

/** Whether the sites exist that agents ask for, and who asks for others. */
export class SiteCheck {
  readonly #exists: (site: string) => Promise<boolean>;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  readonly #unknown = new Map<string, { readonly agent: string; readonly at: number }>();

  /** @param now milliseconds */
  constructor(
    exists: (site: string) => Promise<boolean>,
    log: Pick<Logger, 'warn'>,
    now: () => number = () => performance.now(),
  ) {
    this.#exists = exists;
    this.#log = log;
    this.#now = now;
  }

  /** @param agent who asks for it */
  async has(site: string, agent: string): Promise<boolean> {
    const key = site.slice(0, MAX_NAME);
    if (await this.#exists(site)) {
      this.#unknown.delete(key);
      return true;
    }
    const by = agent.slice(0, MAX_NAME);
    if (!this.#unknown.has(key))
      this.#log.warn('an agent asks for a site that does not exist', { site: key, agent: by });
    this.#unknown.delete(key);
    this.#unknown.set(key, { agent: by, at: this.#now() });
    for (const oldest of this.#unknown.keys()) {
      if (this.#unknown.size <= MAX_UNKNOWN_SITES) break;
      this.#unknown.delete(oldest);
    }
    return false;
  }

  /** Those that were asked for lately. */
  get unknown(): readonly UnknownSite[] {
    const since = this.#now() - TOLD_FOR_MS;
    return [...this.#unknown].flatMap(([site, { agent, at }]) => (at > since ? [{ site, agent }] : []));
  }
}
