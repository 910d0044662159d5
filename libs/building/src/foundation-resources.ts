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

  /** Those of foundations of a type. */
  of(type: string): readonly FoundationResource[] {
    return this.#all.filter((one) => one.type === type);
  }
}
