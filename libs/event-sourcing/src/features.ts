import type { AnyDecider } from '#kernel';
import type { ReadModel } from '#read-store';
import type { Upcasters } from '#event-store';
import { mergeUpcasters } from '#event-store';
import type { LogListener } from '#reactions';

/** What a module adds to the log and to what is made from it. */
export interface Feature {
  /** The kinds of streams it owns. */
  readonly deciders?: readonly AnyDecider[];
  readonly readModels?: readonly ReadModel[];
  /** Old shapes of its events. */
  readonly upcasters?: Upcasters;
  /** Reactions, reconcilers and followers that need nothing injected; see `contributeListeners` for the others. */
  readonly listeners?: readonly LogListener[];
}

/** Everything the modules of a server have added, in the order of the modules. */
export class Features {
  readonly deciders: AnyDecider[] = [];
  readonly readModels: ReadModel[] = [];
  readonly upcasters: Record<string, Upcasters[string]> = {};
  readonly listeners: LogListener[] = [];

  /** @throws Error where two modules claim one kind of stream, one read model, or the old shapes of one event */
  add({ deciders = [], readModels = [], upcasters = {}, listeners = [] }: Feature): this {
    for (const decider of deciders) {
      claim(this.deciders, ({ category }) => category === decider.category, `the category ${decider.category}`);
      this.deciders.push(decider);
    }
    for (const model of readModels) {
      claim(this.readModels, ({ name }) => name === model.name, `the read model ${model.name}`);
      this.readModels.push(model);
    }
    // In place: whoever reads events holds this map already.
    Object.assign(this.upcasters, mergeUpcasters([this.upcasters, upcasters]));
    this.listeners.push(...listeners);
    return this;
  }
}

function claim<T>(all: readonly T[], isClaimed: (one: T) => boolean, what: string): void {
  if (all.some(isClaimed)) throw new Error(`two modules declare ${what}`);
}
