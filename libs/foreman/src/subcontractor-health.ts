import type { HealthState } from '#runtime';
import type { ForemanWire } from '#wire';
import { installText } from '#wire';
import type { SiteCheck } from './site-check.ts';
import type { UndeliverableReports } from './undeliverable-reports.ts';

/** At most this many of each are named. */
const MAX_NAMED = 20;

/** How subcontractors are reached, what they lack, and who asks in vain. */
export class SubcontractorHealth {
  readonly #wire: Pick<ForemanWire, 'health' | 'missing'>;
  readonly #sites: SiteCheck;
  readonly #undeliverable: UndeliverableReports;

  constructor(wire: Pick<ForemanWire, 'health' | 'missing'>, sites: SiteCheck, undeliverable: UndeliverableReports) {
    this.#wire = wire;
    this.#sites = sites;
    this.#undeliverable = undeliverable;
  }

  async check(): Promise<HealthState> {
    const { fault, warning, details } = await this.#wire.health();
    const missing = this.#wire.missing().map((one) => ({
      agent: one.agent,
      site: one.site,
      module: one.module,
      install: installText([one], one.agent),
    }));
    const unknownSites = this.#sites.unknown;
    const deadLetters = await this.#undeliverable.count().catch(() => undefined);
    const reasons = [
      fault,
      warning,
      ...missing.slice(0, MAX_NAMED).map(({ module, install }) => `module ${module}: ${install}`),
      ...unknownSites
        .slice(0, MAX_NAMED)
        .map(({ site, agent }) => `an agent (${agent}) asks for the site "${site}", which does not exist`),
      deadLetters ? `reports that nobody could take are dead letters: ${deadLetters}` : undefined,
    ].filter((reason) => reason !== undefined);
    return {
      status: reasons.length > 0 ? 'degraded' : 'ok',
      ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
      ...details,
      missing: missing.slice(0, MAX_NAMED),
      unknownSites: unknownSites.slice(0, MAX_NAMED),
      deadLetters: deadLetters ?? null,
    };
  }
}
