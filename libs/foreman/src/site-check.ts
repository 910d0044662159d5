import { setImmediate as soon } from 'node:timers/promises';
import type { Logger } from '#kernel';

/** For how many sites that do not exist it is remembered who asks; the one asked for first is forgotten first. */
export const MAX_UNKNOWN_SITES = 100;
/** How long a site that is there is taken to be there without a look, in milliseconds. */
export const THERE_FOR_MS = 30_000;
/** Of so many sites it is remembered that they are there; the one looked at first is forgotten first. */
const MAX_KNOWN_SITES = 10_000;
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
  readonly #existing: (sites: readonly string[]) => Promise<ReadonlySet<unknown>>;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  /** When sites were last seen to be there. */
  readonly #known = new Map<string, number>();
  readonly #asked = new Set<string>();
  #asking: Promise<ReadonlySet<unknown>> | undefined;
  readonly #unknown = new Map<string, { readonly agent: string; readonly at: number }>();

  /**
   * @param existing which of these sites there are
   * @param now milliseconds
   */
  constructor(
    existing: (sites: readonly string[]) => Promise<ReadonlySet<unknown>>,
    log: Pick<Logger, 'warn'>,
    now: () => number = () => performance.now(),
  ) {
    this.#existing = existing;
    this.#log = log;
    this.#now = now;
  }

  /** @param agent who asks for it */
  async has(site: string, agent: string): Promise<boolean> {
    return this.#note(site, agent, (await this.#existing([site])).has(site));
  }

  /** The same by what was so within half a minute; whatever is asked for at a time is looked up together. */
  async hasLately(site: string, agent: string): Promise<boolean> {
    if (this.#now() - (this.#known.get(site) ?? Number.NEGATIVE_INFINITY) < THERE_FOR_MS) return true;
    this.#asked.add(site);
    const found = await (this.#asking ??= this.#lookUp());
    return this.#note(site, agent, found.has(site));
  }

  /** Looks up the sites asked for, and those that were there when last looked at. */
  async #lookUp(): Promise<ReadonlySet<unknown>> {
    await soon();
    this.#asking = undefined;
    const at = this.#now();
    const old = [...this.#known].filter(([, seen]) => at - seen >= THERE_FOR_MS / 2).map(([site]) => site);
    const sites = new Set([...this.#asked, ...old]);
    this.#asked.clear();
    const found = await this.#existing([...sites]);
    for (const site of sites) {
      this.#known.delete(site);
      if (found.has(site)) this.#known.set(site, at);
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN_SITES) break;
      this.#known.delete(oldest);
    }
    return found;
  }

  #note(site: string, agent: string, there: boolean): boolean {
    const key = site.slice(0, MAX_NAME);
    if (there) {
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
