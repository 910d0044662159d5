import { isDeepStrictEqual } from 'node:util';
import type { Decider, Message } from './decider.ts';
import { writeJson } from './integral-float.ts';
import type { Lifecycle, LifecycleCommand, LifecycleEvent } from './lifecycle.ts';
import { lifecycle } from './lifecycle.ts';
import { refuse } from './refusal.ts';
import type { RestoreCommand, RestoredEvent } from './restoring.ts';
import { restoring } from './restoring.ts';

/** By the type of event: which field, or fields, it says anew. */
type ChangeEvents<T> = Readonly<Record<string, keyof T | readonly (keyof T)[]>>;

type FieldsOf<K> = K extends readonly (infer F)[] ? F : K;

/** Defines, changes, deletes and restores something called `N` with the fields `T`. */
export type EntityCommand<N extends string, T, R extends boolean = true> =
  | Message<`Define${N}`, Readonly<T>>
  | Message<`Change${N}`, Partial<Readonly<T>>>
  | LifecycleCommand<N>
  | (R extends true ? RestoreCommand<N, T> : never);

/** What can happen to it: it is defined, fields change by the events in `C`, it is deleted, it is put back. */
export type EntityEvent<
  N extends string,
  T,
  C extends ChangeEvents<T>,
  D extends string = `${N}Defined`,
  R extends boolean = true,
> =
  | Message<D, Readonly<T>>
  | { [E in keyof C & string]: Message<E, Readonly<Pick<T, FieldsOf<C[E]> & keyof T>>> }[keyof C & string]
  | LifecycleEvent<N>
  | (R extends true ? RestoredEvent<N, T> : never);

/** The decider of a plain noun: a lifecycle, and fields that change. */
export interface EntityDecider<
  N extends string,
  T,
  C extends ChangeEvents<T>,
  D extends string = `${N}Defined`,
  R extends boolean = true,
> extends Decider<Lifecycle<T>, EntityCommand<N, T, R>, EntityEvent<N, T, C, D, R>> {
  readonly noun: N;
  /** The type of event it begins with. */
  readonly defined: D;
  /** The types of event that change its fields. */
  readonly changes: readonly (keyof C & string)[];
  /** Whether it can be put back to what it was. */
  readonly restored: R;
}

interface Options<N extends string, C, D extends string, R extends boolean> {
  /** As its events and commands call it: `Pxe`. */
  readonly noun: N;
  /** As people call it; the noun unless said otherwise. */
  readonly title?: string;
  /** Category of its streams; no dash. */
  readonly category: string;
  /** The field that is its id: `name` where users choose it, `id` where it is a number that is never used again. */
  readonly idField?: 'name' | 'locator' | 'id';
  /** The type of event it begins with; `<noun>Defined` unless said otherwise. */
  readonly defined?: D;
  /** By the type of event: which field, or fields, it says anew. Every field has one. */
  readonly changes: C;
  /** Whether it can be put back to what it was; false for what is never undone. */
  readonly restored?: R;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The rules of a plain noun, from its fields `T`: `entity<Pxe>()({ noun: 'Pxe', category: 'pxe', changes: { … } })`.
 * Changing what is so already yields no event. A name may be used again once its owner is deleted.
 */
export const entity =
  <T extends object>() =>
  <
    const N extends string,
    const C extends ChangeEvents<T>,
    const D extends string = `${N}Defined`,
    const R extends boolean = true,
  >(
    options: Options<N, C, D, R>,
  ): EntityDecider<N, T, C, D, R> => {
    const { noun, title = noun, category, idField = 'name', defined = `${noun}Defined`, changes } = options;
    const { restored = true } = options;
    const rules = lifecycle(noun, title);
    const restores = restored ? restoring<T>()(noun, { title }) : { decide: {}, evolve: {} };
    const taken = (stage: Lifecycle<T>['stage']): boolean =>
      idField === 'id' ? stage !== 'absent' : stage === 'active' || stage === 'deleting';
    const set = (data: Partial<T>, state: Lifecycle<T>): Lifecycle<T> =>
      'value' in state ? { ...state, value: { ...state.value, ...data } } : state;
    const decider = {
      noun,
      defined,
      changes: Object.keys(changes),
      restored,
      category,
      creationCommands: [`Define${noun}`],
      initial: (): Lifecycle<T> => ({ stage: 'absent' }),
      decide: {
        [`Define${noun}`]: (data: T, { stage }: Lifecycle<T>) =>
          taken(stage)
            ? refuse(idField, 'TAKEN', `${title} with this ${capital(idField)} already exists.`)
            : { type: defined, data },
        [`Change${noun}`]: (data: Partial<T>, state: Lifecycle<T>) => {
          if (state.stage !== 'active') return refuse('', 'NOT_FOUND', `${title} does not exist`);
          return Object.entries(changes).flatMap(([type, named]) => {
            const fields = [named].flat() as (keyof T)[];
            const same = fields.every((field) => data[field] === undefined || isSame(data[field], state.value[field]));
            if (same) return [];
            const said = fields.map((field) => [field, data[field] === undefined ? state.value[field] : data[field]]);
            return [{ type, data: Object.fromEntries(said) as object }];
          });
        },
        ...rules.decide,
        ...restores.decide,
      },
      evolve: {
        [defined]: (data: T): Lifecycle<T> => ({ stage: 'active', value: { ...data } }),
        ...Object.fromEntries(Object.keys(changes).map((type) => [type, set])),
        ...rules.evolve,
        ...restores.evolve,
      },
    };
    return decider as unknown as EntityDecider<N, T, C, D, R>;
  };

/** Whether two values are the same, in their text too: the order of keys and pairs may mean something. */
const isSame = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(one, other) && writeJson(one) === writeJson(other);
