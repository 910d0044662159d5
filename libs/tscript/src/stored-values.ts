/**
 * Values in the form in which a machine is stored: plain JSON in which arrays and maps that several places share
 * stand once, in a heap, and everywhere else as `{"$ref": n}`. Unlike `toJson` nothing is lost.
 */
import { largestStored } from './limits.ts';
import { LanguageFault } from './signals.ts';
import { float, isCompound, keyOf, type ScriptMap, type Value } from './values.ts';
import { fromJson, put, taggedFloat, writeMarked } from './json.ts';

/** A stored value: JSON. */
export type Stored = unknown;

/** What several places of a machine share, by number. */
export type Heap = readonly Stored[];

/** How deep a stored value may be nested before the rest of it goes to the heap. */
const deepestStored = 60;

/** Stores the values given to `store`, then hands out the heap they refer to. */
export interface ValueWriter {
  readonly store: (value: Value) => Stored;
  readonly heap: () => Heap;
}

/** A writer for the values of one machine; every one of them must be in `roots`, so that sharing is seen. */
export function valueWriter(roots: Iterable<Value>): ValueWriter {
  const shared = sharedIn(roots);
  const places = new Map<object, number>();
  const heap: Stored[] = [];
  const waiting: (Value[] | ScriptMap)[] = [];
  const refer = (value: Value[] | ScriptMap): Stored => {
    let place = places.get(value);
    if (place === undefined) {
      place = places.size;
      places.set(value, place);
      waiting.push(value);
    }
    return { $ref: place };
  };
  const store = (value: Value, depth: number): Stored => {
    if (value === null || typeof value !== 'object') return value;
    if (!isCompound(value)) return writeMarked(value, taggedFloat);
    return shared.has(value) || depth > deepestStored ? refer(value) : body(value, depth);
  };
  const body = (value: Value[] | ScriptMap, depth: number): Stored => {
    if (Array.isArray(value)) return value.map((element) => store(element, depth + 1));
    return storedMap(value, (element) => store(element, depth + 1));
  };
  return {
    store: (value) => store(value, 1),
    heap() {
      for (let value = waiting[heap.length]; value !== undefined; value = waiting[heap.length])
        heap.push(body(value, 1));
      return heap;
    },
  };
}

/** Reads values stored against a heap; what was shared is shared again. */
export function valueReader(heap: Heap): (stored: Stored) => Value {
  const compounds = heap.map((stored): Value[] | ScriptMap => (Array.isArray(stored) ? [] : new Map()));
  const read = (stored: Stored): Value => {
    if (stored === null || typeof stored !== 'object') return readScalar(stored);
    if (Array.isArray(stored)) return stored.map(read);
    const object = stored as Readonly<Record<string, unknown>>;
    if (typeof object['$ref'] === 'number') return compounds[object['$ref']] ?? null;
    if (hasScalarTag(object)) return fromJson(object);
    return fill(new Map(), object, read);
  };
  compounds.forEach((compound, place) => {
    const stored = heap[place];
    if (Array.isArray(compound)) for (const element of stored as Stored[]) compound.push(read(element));
    else fill(compound, stored as Readonly<Record<string, unknown>>, read);
  });
  return read;
}

function readScalar(stored: Stored): Value {
  if (typeof stored === 'number' && !Number.isInteger(stored)) return float(stored);
  return stored === undefined ? null : (stored as Value);
}

const scalarTags = ['$float', '$seconds', '$secret', '$text', '$opaque'];

function hasScalarTag(object: Readonly<Record<string, unknown>>): boolean {
  for (const key in object) return scalarTags.includes(key);
  return false;
}

function fill(map: ScriptMap, object: Readonly<Record<string, unknown>>, read: (stored: Stored) => Value): ScriptMap {
  const entries = object['$map'] ?? Object.entries(object);
  for (const [storedKey, value] of entries as [Stored, Stored][]) {
    const key = read(storedKey);
    map.set(keyOf(key) ?? '', { key, value: read(value) });
  }
  return map;
}

function storedMap(map: ScriptMap, store: (value: Value) => Stored): Stored {
  const entries = [...map.values()];
  const plain = entries.every(({ key }) => typeof key === 'string' && keepsOrder(key));
  if (!plain) return { $map: entries.map(({ key, value }) => [store(key), store(value)]) };
  const object: Record<string, unknown> = {};
  for (const { key, value } of entries) put(object, key as string, store(value));
  return object;
}

/** Keys like `10` would move to the front of a JSON object, and `$` begins a tag. */
function keepsOrder(key: string): boolean {
  return !/^(?:\d|\$|__proto__$)/.test(key);
}

/** The arrays and maps that more than one place holds. Throws when all of it is too much to be stored. */
function sharedIn(roots: Iterable<Value>): Set<object> {
  const seen = new Set<object>();
  const shared = new Set<object>();
  const waiting: Value[] = [...roots];
  let size = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    size += typeof next === 'string' ? next.length + 4 : 4;
    if (size > largestStored) throw new LanguageFault(`the script holds more than ${largestStored} characters`);
    if (!isCompound(next)) continue;
    if (seen.has(next)) shared.add(next);
    else {
      seen.add(next);
      if (Array.isArray(next)) for (const element of next) waiting.push(element);
      else for (const entry of next.values()) waiting.push(entry.key, entry.value);
    }
  }
  return shared;
}
