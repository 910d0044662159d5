import type { Json, JsonMap } from '#kernel';
import { floatOf, IntegralFloat, isSecretReference, numberIn } from '#kernel';
import type { Budget } from './budget.ts';
import { TemplateFault } from './fault.ts';
import { isSecret, SECRET_MARK, secretFault } from './secret-mark.ts';

/** A list that cannot be changed: `(1, 2)`. */
export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** What a name, an attribute or an item stands for that is not there. Shown, it is empty; used, it is a fault. */
export class Undefined {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }

  fault(): TemplateFault {
    return new TemplateFault('UndefinedError', this.why);
  }
}

/** Something with attributes of its own: `loop`, a namespace, a cycler. */
export interface ObjectValue {
  readonly thing: string;
  /** Undefined: it has no such attribute. */
  attribute(name: string): Value | undefined;
  set?(name: string, value: Value): void;
  call?(run: Run, args: Arguments): Value;
  /** How it is shown. */
  shown?(): string;
}

/** What is handed to something that is called. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** Something that can be called. */
export class Callable {
  readonly name: string;
  readonly call: (run: Run, args: Arguments) => Value;

  constructor(name: string, call: (run: Run, args: Arguments) => Value) {
    this.name = name;
    this.call = call;
  }
}

/** A value of a template. Whole numbers are numbers without a fraction; maps keep their order. */
export type Value =
  | null
  | boolean
  | number
  | string
  | IntegralFloat
  | readonly Value[]
  | Tuple
  | ReadonlyMap<Value, Value>
  | Undefined
  | Callable
  | ObjectValue;

/** What the parts of a run share. */
export interface Run {
  readonly budget: Budget;
  /** Calls a filter or a test by name. */
  filter(name: string, value: Value, args: Arguments, line?: number): Value;
  test(name: string, value: Value, args: Arguments, line?: number): boolean;
}

export const isMap = (value: Value): value is ReadonlyMap<Value, Value> => value instanceof Map;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isThing = (value: Value): value is ObjectValue =>
  typeof value === 'object' && value !== null && 'thing' in value && !isMap(value);

/** Containers that were made by the template, and may be changed by it; those it was given may not. */
const changeable = new WeakSet<object>();

/** Marks a container as made by the template. */
export function made<C extends readonly Value[] | ReadonlyMap<Value, Value>>(container: C): C {
  changeable.add(container);
  return container;
}

/** Whether the template may change a container. */
export const isChangeable = (container: object): boolean => changeable.has(container);

/** A number as a fraction. */
export const fraction: (value: number) => Value = floatOf;

/** A whole number. @throws TemplateFault where it cannot be held exactly */
export function integer(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TemplateFault('OverflowError', 'the number is too large');
  return value + 0;
}

/** The number a value is, or acts as; undefined where it is none. */
export function numberOf(value: Value): number | undefined {
  return typeof value === 'boolean' ? Number(value) : numberIn(value);
}

export const isFraction = (value: Value): boolean =>
  IntegralFloat.is(value) || (typeof value === 'number' && !Number.isInteger(value));

/** JSON as values of a template; what stands under a name that `isSecretName` is a secret, and so is a reference. */
export function fromJson(json: Json, isSecretName: (name: string) => boolean = () => false): Value {
  if (typeof json !== 'object' || json === null || IntegralFloat.is(json)) return json;
  if (isSecretReference(json)) return SECRET_MARK;
  if (Array.isArray(json)) return json.map((item) => fromJson(item as Json, isSecretName));
  return new Map(Object.entries(json as JsonMap).map(([key, value]) => [key, named(key, value, isSecretName)]));
}

/** The value that stands under a name. */
export const named = (name: string, value: Json, isSecretName: (name: string) => boolean): Value =>
  value !== null && isSecretName(name) ? SECRET_MARK : fromJson(value, isSecretName);

/** The name of the kind of a value, as faults call it. */
export function kindOf(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (IntegralFloat.is(value)) return 'float';
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Callable) return 'function';
  if (isMap(value)) return 'dict';
  return isList(value) ? 'list' : value.thing;
}

/** Whether a value counts as true. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'string') return value !== '';
  if (value instanceof Tuple) return value.items.length > 0;
  if (isMap(value)) return value.size > 0;
  if (isList(value)) return value.length > 0;
  if (value === null || value instanceof Undefined) return false;
  return numberOf(value) !== 0;
}

/** What a loop goes over. @throws TemplateFault where there is nothing to go over */
export function itemsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (isSecret(value)) throw secretFault('taken apart');
  if (typeof value === 'string') return Array.from(value);
  if (isMap(value)) return [...value.keys()];
  if (value instanceof Undefined) return [];
  throw new TemplateFault('TypeError', `'${kindOf(value)}' object is not iterable`);
}
