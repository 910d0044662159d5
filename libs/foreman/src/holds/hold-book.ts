import type { Recorded } from '#event-store';
import type { JobRow } from '../jobs.ts';
import type { EndedHold } from '../job-messages.ts';
import { holdRules } from './hold-rules.ts';

/** Which jobs are held by which rule, kept up with the log in every process. It has an entry for each open hold. */
export class HoldBook {
  readonly #jobs = new Map<number, Set<number>>();
  readonly categories: readonly string[] = [holdRules.category];

  /** How many holds are open, as far as is heard. */
  get size(): number {
    return [...this.#jobs.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** A job that was under way when the process began. */
  startWith(id: number, { holds }: Pick<JobRow, 'holds'>): void {
    for (const { rule } of holds) this.#add(rule, id);
  }

  /** @returns the jobs that have to be looked at, because the rule that holds them is gone */
  heard({ type, data }: Pick<Recorded, 'type' | 'data'>): readonly number[] {
    switch (type) {
      case 'JobHeld':
        this.#add((data as EndedHold).rule, (data as EndedHold).job);
        return [];
      case 'JobHoldReleased':
      case 'JobHoldOverridden':
        this.#delete(data as EndedHold);
        return [];
      case 'JobHoldTimedOut':
        if ((data as { readonly outcome: string }).outcome === 'proceed') this.#delete(data as EndedHold);
        return [];
      case 'HoldRuleRemoved':
        return [...(this.#jobs.get((data as EndedHold).rule) ?? [])];
      default:
        return [];
    }
  }

  #add(rule: number, job: number): void {
    this.#jobs.set(rule, (this.#jobs.get(rule) ?? new Set()).add(job));
  }

  #delete({ rule, job }: EndedHold): void {
    const jobs = this.#jobs.get(rule);
    jobs?.delete(job);
    if (jobs?.size === 0) this.#jobs.delete(rule);
  }
}
