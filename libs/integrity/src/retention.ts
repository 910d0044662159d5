import type { OnModuleInit } from '@nestjs/common';
import type { Clock } from '#event-store';
import type { Logger } from '#kernel';
import type { Reconciler } from '#reactions';
import type { HealthState } from '#runtime';
import type { RetentionLedger } from './retention-ledger.ts';

/** How often it is looked which rules are due, in milliseconds. */
const LOOK_MS = 60_000;
/** How often a rule is due unless it says otherwise, in milliseconds. */
const EVERY_MS = 3600_000;
/** How much of a rule is removed at a time, and how often in one go; what is left waits until it is due again. */
const SLICE = 500;
const MAX_SLICES = 200;

/** Days of a setting, in milliseconds; 0 days are for ever. */
export const keptForDays = (days: number): number | null => (days === 0 ? null : days * 86_400_000);

/** What is removed once it is older than a setting says. */
export interface RetentionRule {
  /** What it is, in a word or two (`job log`); for messages and metrics. */
  readonly name: string;
  /** Name of the setting. */
  readonly setting: string;
  /** For how many milliseconds it is kept; null: for ever. */
  readonly keepMs: number | null;
  /** How often it is due, in milliseconds; every hour unless said. */
  readonly everyMs?: number;
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
  readonly removed: number;
}

/** Removes what is kept too long, on the one server that leads: by rules that modules add, a slice at a time. */
export class Retention implements Reconciler, OnModuleInit {
  readonly kind = 'reconciler';
  readonly name = 'integrity.retention';
  readonly everyMs = LOOK_MS;
  readonly #ledger: Pick<RetentionLedger, 'start' | 'note' | 'runs'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Logger;
  readonly #rules: RetentionRule[] = [];
  readonly #removed = new Map<string, number>();
  /** When each rule was last looked at in this process, in milliseconds since 1970. */
  readonly #looked = new Map<string, number>();

  constructor(
    ledger: Pick<RetentionLedger, 'start' | 'note' | 'runs'>,
    { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Logger },
  ) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#log = log;
  }

  onModuleInit(): Promise<void> {
    return this.#ledger.start();
  }

  /** @throws Error where there is a rule of that name */
  add(...rules: readonly RetentionRule[]): void {
    for (const rule of rules) {
      if (this.#rules.some(({ name }) => name === rule.name))
        throw new Error(`there is a rule for ${rule.name} already`);
      this.#rules.push(rule);
    }
  }

  /** Every rule, and what this process has removed by it. */
  get pruned(): readonly Pruned[] {
    return this.#rules.map(({ name }) => ({ name, removed: this.#removed.get(name) ?? 0 }));
  }

  /** Every rule: how long it keeps, when it was last looked at, by whichever server, and how much it has removed. */
  async health(): Promise<HealthState> {
    const runs = new Map((await this.#ledger.runs()).map((run) => [run.rule, run]));
    const rules = this.#rules.map(({ name, setting, keepMs }) => {
      const { ran = null, removed = 0, total = 0, error = null } = runs.get(name) ?? {};
      return { rule: name, setting, days: keepMs === null ? null : keepMs / 86_400_000, ran, removed, total, error };
    });
    const failing = rules.filter(({ error }) => error !== null);
    if (failing.length === 0) return { status: 'ok', rules };
    const reason = `not removed, although kept long enough: ${failing.map(({ rule, error }) => `${rule} (${error})`).join(', ')}`;
    return { status: 'degraded', reason, rules };
  }

  /** @throws the first of what rules have failed with, once all were looked at */
  async reconcile(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (const rule of this.#rules) {
      if (rule.keepMs === null || !this.#isDue(rule)) continue;
      await this.#keepTo(rule, rule.keepMs, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        failures.push(error);
      });
    }
    if (failures.length > 0) throw failures[0];
  }

  #isDue({ name, everyMs = EVERY_MS }: RetentionRule): boolean {
    const last = this.#looked.get(name);
    return last === undefined || Date.parse(this.#clock.now()) - last >= everyMs;
  }

  async #keepTo({ name, prune }: RetentionRule, keepMs: number, signal: AbortSignal): Promise<void> {
    const now = Date.parse(this.#clock.now());
    const [ran, before] = [now, now - keepMs].map((time) => new Date(time).toISOString()) as [string, string];
    let removed = 0;
    let failure: { readonly error: unknown } | undefined;
    try {
      for (let slices = 0; slices < MAX_SLICES; slices += 1) {
        signal.throwIfAborted();
        const count = await prune(before, SLICE);
        removed += count;
        this.#removed.set(name, (this.#removed.get(name) ?? 0) + count);
        if (count < SLICE) break;
      }
      this.#looked.set(name, now);
    } catch (error) {
      failure = { error };
    }
    if (removed > 0) this.#log.info('what was kept long enough was removed', { what: name, count: removed, before });
    await this.#ledger.note({ rule: name, ran, removed, error: failure ? String(failure.error) : null });
    if (failure) throw failure.error;
  }
}
