import type { SiteSubnet } from '../subnets/site-subnet.ts';

/** How often in a row a site of which nothing is known may fail before the others go on without it. */
const PATIENCE = 3;

/** The server, as far as it is asked for subnets. */
export interface SubnetSource {
  /** What is to be served of a site. */
  subnets(site: string): Promise<readonly SiteSubnet[]>;
  /** Whether asking the same again would fail in the same way. */
  isFinal(error: unknown): boolean;
}

/** What the server has said of the subnets of sites: one of which it says nothing keeps what it said last. */
export class SiteAnswers {
  readonly #sites: readonly string[];
  readonly #source: SubnetSource;
  readonly #known = new Map<string, readonly SiteSubnet[]>();
  /** How often sites have failed in a row. */
  readonly #failures = new Map<string, number>();
  /** Sites that it has refused to tell of when it was last asked. */
  readonly #refused = new Set<string>();

  constructor(sites: readonly string[], source: SubnetSource) {
    this.#sites = sites;
    this.#source = source;
  }

  /** What was said last, by site. */
  get known(): ReadonlyMap<string, readonly SiteSubnet[]> {
    return this.#known;
  }

  /** Asks of each site. @returns of which it could not be asked, each with the reason in words */
  async ask(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const site of this.#sites) {
      try {
        this.#known.set(site, await this.#source.subnets(site));
        this.#failures.delete(site);
        this.#refused.delete(site);
      } catch (error) {
        if (this.#source.isFinal(error)) this.#refused.add(site);
        else this.#refused.delete(site);
        this.#failures.set(site, (this.#failures.get(site) ?? 0) + 1);
        faults.push(`site ${site}: ${(error as Error).message}`);
      }
    }
    return faults;
  }

  /** Whether the server said of a site when it was last asked. */
  isFresh(site: string): boolean {
    return this.#known.has(site) && !this.#failures.has(site);
  }

  /**
   * The subnets of all sites but those that are refused again and again, of those that fail the ones that were said last;
   * undefined: nothing is known of one of them, or of any.
   */
  get whole(): readonly SiteSubnet[] | undefined {
    const isOut = (site: string) => this.#refused.has(site) && this.#failedOften(site);
    const isWhole = this.#sites.every((site) => this.#known.has(site) || isOut(site));
    return isWhole && this.#known.size > 0 ? this.#sites.flatMap((site) => this.#known.get(site) ?? []) : undefined;
  }

  /**
   * The subnets of all sites, of those that fail the ones that were said last.
   * @param before what was known of sites before any of them was asked for; undefined: nothing
   * @returns undefined where a site is to be waited for, or nothing is known of any
   */
  all(before?: readonly SiteSubnet[]): readonly SiteSubnet[] | undefined {
    const answers = this.#sites.map((site) => this.#known.get(site) ?? before?.filter((one) => one.site === site));
    const waits = answers.some((one, n) => !one && !this.#failedOften(this.#sites[n] ?? ''));
    return waits || answers.every((one) => !one) ? undefined : answers.flatMap((one) => one ?? []);
  }

  #failedOften(site: string): boolean {
    return (this.#failures.get(site) ?? 0) >= PATIENCE;
  }
}
