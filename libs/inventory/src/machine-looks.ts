import type { ComplexRow } from '#building';
import { complexes, complexState } from '#building';
import type { Foreman } from '#foreman';
import type { Logger } from '#kernel';
import type { HostKind } from './hosts.ts';
import { hostKinds } from './hosts.ts';
import type { LookContext } from './look-at-complex.ts';
import { lookAtComplex } from './look-at-complex.ts';
import { lookIntervalOf } from './look-interval.ts';
import type { LookLedger } from './look-ledger.ts';

/** How often it is looked which complexes are due, in milliseconds. */
export const TICK_MS = 2000;
/** How many complexes are looked at at a time. */
const MAX_AT_ONCE = 4;
/** How often complexes that are gone are forgotten, in ticks. */
const FORGET_EVERY = 1800;

export interface MachineLooksOptions extends LookContext {
  readonly foreman: Pick<Foreman, 'ask' | 'serves'>;
  readonly ledger: LookLedger;
  readonly log: Pick<Logger, 'warn'>;
  /** Seconds between two looks, where a site does not say otherwise; 0: nobody looks. */
  readonly usualSeconds: number;
}

interface Candidate {
  readonly name: string;
  readonly row: ComplexRow;
  readonly kind: HostKind;
  readonly wanted: boolean;
}

/**
 * Looks from time to time at what machines the hosts of complexes have: where this process is the foreman, where an agent
 * is that can ask, and one look at a complex at a time. A complex that was never looked at has its first look when one
 * interval is over, or when somebody wants it.
 */
export class MachineLooks {
  readonly #options: MachineLooksOptions;
  readonly #kinds: ReadonlyMap<string, HostKind>;
  readonly #atWork = new Map<string, Promise<void>>();
  /** Since when complexes are known that were never looked at, milliseconds since 1970. */
  readonly #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  /** Undefined: this process is not the foreman. */
  #term: AbortController | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #ticks = 0;
  #failed = false;

  constructor(options: MachineLooksOptions) {
    this.#options = options;
    this.#kinds = hostKinds(options.platforms);
  }

  /** This process is the foreman, or is it no longer. */
  lead(leading: boolean): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#since.clear();
    this.#term?.abort();
    this.#term = leading ? new AbortController() : undefined;
    if (leading) this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Resolves when no look is under way, and none follows. */
  async stop(): Promise<void> {
    this.lead(false);
    await this.#ticking;
    await Promise.all(this.#atWork.values());
  }

  #tick(): void {
    this.#ticking = this.#ticking
      .then(() => this.lookAtDue())
      .then(
        () => {
          this.#failed = false;
        },
        (error: unknown) => {
          if (!this.#failed) this.#options.log.warn('machines could not be looked at', { error: String(error) });
          this.#failed = true;
        },
      );
  }

  /** Begins to look at complexes that are due. */
  async lookAtDue(): Promise<void> {
    const signal = this.#term?.signal;
    if (!signal) return;
    for (const candidate of await this.#due()) {
      if (signal.aborted || this.#atWork.size >= MAX_AT_ONCE) return;
      const { name } = candidate;
      const look = this.#look(candidate, signal)
        .catch((error: unknown) =>
          this.#options.log.warn('a look could not be noted', { complex: name, error: String(error) }),
        )
        .finally(() => this.#atWork.delete(name));
      this.#atWork.set(name, look);
    }
  }

  /** Complexes that are due, those that somebody wants first, and then those whose last look is longest ago. */
  async #due(): Promise<readonly Candidate[]> {
    const { reads, ledger, foreman, clock } = this.#options;
    const types = [...this.#kinds.keys()];
    const { rows } = await reads.now.list(complexes, { where: { type: { any: types } } });
    const names = rows.map(({ key }) => String(key));
    if (this.#ticks++ % FORGET_EVERY === 0) await ledger.keepOnly(names);
    for (const name of this.#since.keys()) if (!names.includes(name)) this.#since.delete(name);
    const looks = await ledger.due();
    const now = Date.parse(clock.now());
    const due: (Candidate & { readonly overdue: number })[] = [];
    for (const { key, row } of rows) {
      const name = String(key);
      const kind = row.type === null ? undefined : this.#kinds.get(row.type);
      if (!kind || this.#atWork.has(name)) continue;
      const { at = null, wanted = false } = looks.get(name) ?? {};
      if (!this.#since.has(name)) this.#since.set(name, now);
      const last = at === null ? (this.#since.get(name) ?? now) : Date.parse(at);
      const overdue = wanted ? Infinity : await this.#overdue(row.site, now - last);
      if (overdue < 0 || (!wanted && !foreman.serves(row.site, kind.module))) continue;
      if ((await complexState(reads.now, row)) !== 'built' && !wanted) continue;
      due.push({ name, row, kind, wanted, overdue });
    }
    return due.toSorted((one, other) => other.overdue - one.overdue || (one.name < other.name ? -1 : 1));
  }

  /** For how many milliseconds a look is due after so many; below zero: it is not. */
  async #overdue(site: string, passedMs: number): Promise<number> {
    const interval = await lookIntervalOf(this.#options.reads.now, site, this.#options.usualSeconds);
    // What is wrong with it is told by the look, which comes as often as usual.
    const seconds = 'fault' in interval ? this.#options.usualSeconds : interval.seconds;
    return seconds === 0 ? -1 : passedMs - seconds * 1000;
  }

  async #look({ name, row, kind }: Candidate, signal: AbortSignal): Promise<void> {
    const { ledger, clock, log } = this.#options;
    const earlier = await ledger.of(name);
    try {
      const found = await lookAtComplex({ name, row, kind, earlier }, this.#options, signal);
      await ledger.note(name, { at: clock.now(), ...found });
    } catch (error) {
      // What another foreman finds counts.
      if (signal.aborted) return;
      const fault = error instanceof Error ? error.message : String(error);
      if (earlier?.fault !== fault) log.warn('a complex could not be looked at', { complex: name, error: fault });
      const nothing = { machines: 0, unknownCount: 0, unknown: [] };
      await ledger.note(name, { ...nothing, ...earlier, at: clock.now(), fault });
    }
  }
}
