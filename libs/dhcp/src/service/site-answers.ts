import type { SiteSubnet } from '../subnets/site-subnet.ts';

/** How often in a row a site of which nothing is known may fail before the others go on without it. */
const PATIENCE = 3;

/** What the server has said of the subnets of sites: one of which it says nothing keeps what it said last. */
export class SiteAnswers {
  readonly #sites: readonly string[];
  readonly #subnets: (site: string) => Promise<readonly SiteSubnet[]>;
  readonly #known = new Map<string, readonly SiteSubnet[]>();
  /** How often sites have failed in a row. */
  readonly #failures = new Map<string, number>();

  constructor(sites: readonly string[], subnets: (site: string) => Promise<readonly SiteSubnet[]>) {
    this.#sites = sites;
    this.#subnets = subnets;
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
        this.#known.set(site, await this.#subnets(site));
        this.#failures.delete(site);
      } catch (error) {
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
   * The subnets of all sites, of those that fail the ones that were said last.
   * @param before what was known of sites before any of them was asked for; undefined: nothing
   * @returns undefined where a site is to be waited for, or nothing is known of any
   */
  all(before?: readonly SiteSubnet[]): readonly SiteSubnet[] | undefined {
    const answers = this.#sites.map((site) => this.#known.get(site) ?? before?.filter((one) => one.site === site));
    const waits = answers.some((one, n) => !one && (this.#failures.get(this.#sites[n] ?? '') ?? 0) < PATIENCE);
    return waits || answers.every((one) => !one) ? undefined : answers.flatMap((one) => one ?? []);
  }
}
