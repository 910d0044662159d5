import type { UnitOfWork } from '#kernel';
import type { FoundationState } from './foundation.ts';

/** What a module keeps for the foundations of one type beside their fields, such as ports of a host. */
export interface FoundationResource {
  /** Type text of the foundations. */
  readonly type: string;
  /** What functions of its scripts read as `foundation.<name>`, in its own jobs. */
  values(
    work: UnitOfWork,
    locator: string,
    value: Readonly<FoundationState>,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Does what functions of its scripts have reported in one pass. @throws Refusal */
  applyEffects(
    work: UnitOfWork,
    locator: string,
    value: Readonly<FoundationState>,
    effects: readonly unknown[],
  ): Promise<void>;
}

/** Everybody who keeps something for foundations; grows while modules are put together. */
export class FoundationResources {
  readonly #all: FoundationResource[] = [];

  add(resource: FoundationResource): this {
    this.#all.push(resource);
    return this;
  }

  /** What is kept for a foundation, as its scripts read it. */
  async valuesOf(work: UnitOfWork, locator: string, value: Readonly<FoundationState>) {
    const found: Record<string, unknown> = {};
    for (const one of this.#of(value)) Object.assign(found, await one.values(work, locator, value));
    return found;
  }

  /** Does what functions of its scripts have reported in one pass. @throws Refusal */
  async applyEffects(
    work: UnitOfWork,
    locator: string,
    value: Readonly<FoundationState>,
    effects: readonly unknown[],
  ): Promise<void> {
    for (const one of this.#of(value)) await one.applyEffects(work, locator, value, effects);
  }

  #of({ type }: Pick<FoundationState, 'type'>): readonly FoundationResource[] {
    return this.#all.filter((one) => one.type === type);
  }
}
