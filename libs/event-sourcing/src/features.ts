import type { AnyDecider } from '#kernel';
import type { ReadModel } from '#read-store';
import type { Upcasters } from '#event-store';
import { mergeUpcasters } from '#event-store';
import type { DeadLetter, LogListener } from '#reactions';
import type { UndoRule } from './undo-rule.ts';

/** What a module adds to the log and to what is made from it. */
export interface Feature {
  /** The kinds of streams it owns. */
  readonly deciders?: readonly AnyDecider[];
  readonly readModels?: readonly ReadModel[];
  /** How what requests did to its streams is undone, or why it is not; one for each decider. */
  readonly undo?: readonly UndoRule[];
  /** Old shapes of its events. */
  readonly upcasters?: Upcasters;
  /** Reactions, reconcilers and followers that need nothing injected; see `contributeListeners` for the others. */
  readonly listeners?: readonly LogListener[];
  /** Who takes dead letters that are no events when an operator has them tried again, by the name they are kept under. */
  readonly letterReceivers?: LetterReceivers;
}

/** By the name of the receiver: takes one of its dead letters, or throws why not. */
export type LetterReceivers = Readonly<Record<string, (letter: DeadLetter) => Promise<void>>>;

/** Everything the modules of a server have added, in the order of the modules. */
export class Features {
  readonly deciders: AnyDecider[] = [];
  readonly readModels: ReadModel[] = [];
  readonly undo: UndoRule[] = [];
  readonly upcasters: Record<string, Upcasters[string]> = {};
  readonly listeners: LogListener[] = [];
  readonly letterReceivers: Record<string, LetterReceivers[string]> = {};

  /** @throws Error where two modules claim one kind of stream, one read model, the undoing of one kind of stream, the dead letters of one name, or the old shapes of one event */
  add({
    deciders = [],
    readModels = [],
    undo = [],
    upcasters = {},
    listeners = [],
    letterReceivers = {},
  }: Feature): this {
    for (const decider of deciders) {
      claim(this.deciders, ({ category }) => category === decider.category, `the category ${decider.category}`);
      this.deciders.push(decider);
    }
    for (const model of readModels) {
      claim(this.readModels, ({ name }) => name === model.name, `the read model ${model.name}`);
      this.readModels.push(model);
    }
    for (const rule of undo) {
      claim(this.undo, ({ category }) => category === rule.category, `the undoing of ${rule.category}`);
      this.undo.push(rule);
    }
    // In place: whoever reads events holds this map already.
    Object.assign(this.upcasters, mergeUpcasters([this.upcasters, upcasters]));
    this.listeners.push(...listeners);
    for (const [name, take] of Object.entries(letterReceivers)) {
      claim(Object.keys(this.letterReceivers), (other) => other === name, `the dead letters of ${name}`);
      this.letterReceivers[name] = take;
    }
    return this;
  }
}

function claim<T>(all: readonly T[], isClaimed: (one: T) => boolean, what: string): void {
  if (all.some(isClaimed)) throw new Error(`two modules declare ${what}`);
}
