import type { Clock } from '#event-store';
import type { Logger } from '#kernel';
import type { Reconciler } from '#reactions';

/** How often it is looked what is too old, in milliseconds. */
const EVERY_MS = 3600_000;
/** How much of a rule is removed at a time, and how often in one go; what is left waits for the next hour. */
const SLICE = 500;
const MAX_SLICES = 200;
const DAY_MS = 86_400_000;

/** What is removed once it is older than a setting says. */
export interface RetentionRule {
  /** What it is, in a word or two (`job log`); for messages and metrics. */
  readonly name: string;
  /** Name of the setting. */
  readonly setting: string;
  /** For how many days it is kept; 0: for ever. */
  readonly days: number;
  /**
   * Removes what is older, the oldest first.
   * @param before ISO 8601
   * @param limit at most so many
   * @returns how many; fewer than the limit: there are no more
   */
  prune(before: string, limit: number): Promise<number>;
}

/** What was removed by a rule since this server leads. */
export interface Pruned {
  readonly name: string;
  readonly setting: string;
  readonly days: number;
  readonly removed: number;
}

/** Removes what is kept too long, on the one server that leads: by rules that modules add, a slice at a time. */
export class Retention implements Reconciler {
  readonly kind = 'reconciler';
  readonly name = 'integrity.retention';
  readonly everyMs = EVERY_MS;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Logger;
  readonly #rules: RetentionRule[] = [];
  readonly #removed = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws Error where there is a rule of that name */
  add(rule: RetentionRule): void {
    if (this.#rules.some(({ name }) => name === rule.name)) throw new Error(`there is a rule for ${rule.name} already`);
    this.#rules.push(rule);
  }

  /** Every rule, and what this process has removed by it. */
  get pruned(): readonly Pruned[] {
    return this.#rules.map(({ name, setting, days }) => ({
      name,
      setting,
      days,
      removed: this.#removed.get(name) ?? 0,
    }));
  }

  async reconcile(signal: AbortSignal): Promise<void> {
    for (const rule of this.#rules) {
      if (rule.days > 0) await this.#keepTo(rule, signal);
    }
  }

  async #keepTo({ name, days, prune }: RetentionRule, signal: AbortSignal): Promise<void> {
    const before = new Date(Date.parse(this.#clock.now()) - days * DAY_MS).toISOString();
    let sum = 0;
    for (let slices = 0; slices < MAX_SLICES; slices += 1) {
      signal.throwIfAborted();
      const count = await prune(before, SLICE);
      sum += count;
      this.#removed.set(name, (this.#removed.get(name) ?? 0) + count);
      if (count < SLICE) break;
    }
    if (sum > 0) this.#log.info('what was kept long enough was removed', { what: name, count: sum, before });
  }
}
