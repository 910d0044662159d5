import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Heap, type Stored, valueReader, valueWriter } from './stored-values.ts';
import { type ScriptMap, type Value, duration, float, keyOf, opaque, secret } from './values.ts';

/** What a value is made of, with everything that is shared numbered. */
function picture(value: Value, seen = new Map<object, number>()): unknown {
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? 0 : value;
  if (!Array.isArray(value) && !(value instanceof Map)) return value;
  const known = seen.get(value);
  if (known !== undefined) return `seen ${known}`;
  seen.set(value, seen.size);
  if (Array.isArray(value)) return value.map((element) => picture(element, seen));
  return [...value].map(([name, entry]) => [name, entry.key, picture(entry.value, seen)]);
}

function throughJson(values: readonly Value[]): Value[] {
  const writer = valueWriter(values);
  const stored = values.map(writer.store);
  const kept = JSON.parse(JSON.stringify({ stored, heap: writer.heap() })) as { stored: Stored[]; heap: Heap };
  return kept.stored.map(valueReader(kept.heap));
}

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.integer({ min: -(2 ** 53), max: 2 ** 53 }),
  fc.double().map(float),
  fc.string({ unit: fc.constantFrom('a', '\u0000', '$', '☃', '\u{1f600}', '\ud800') }),
  fc.constantFrom('$float', '__proto__', '10', '$ref', 'constructor'),
  fc.integer().map(duration),
  fc.jsonValue().map((handle) => opaque('Thing', JSON.parse(JSON.stringify(handle)))),
  fc.string().map(secret),
);

/** Arrays and maps that hold scalars and each other, in any way. */
const tangle: fc.Arbitrary<Value[]> = fc
  .array(fc.tuple(fc.boolean(), fc.array(fc.tuple(scalar, fc.option(fc.nat(8))), { maxLength: 6 })), { maxLength: 8 })
  .map((plans) => {
    const made = plans.map(([asMap]): Value[] | ScriptMap => (asMap ? new Map() : []));
    plans.forEach(([, elements], at) => {
      const holder = made[at];
      for (const [element, place] of elements) {
        const value = place === null ? element : (made[place] ?? element);
        if (Array.isArray(holder)) holder.push(value);
        else holder?.set(keyOf(element) ?? 'none', { key: keyOf(element) === undefined ? null : element, value });
      }
    });
    return made;
  });

describe('stored values', () => {
  it('come back as they were, whatever shares what', () => {
    fc.assert(
      fc.property(tangle, fc.array(scalar), (compounds, scalars) => {
        const values = [...compounds, ...scalars];
        expect(picture(throughJson(values))).toEqual(picture(values));
      }),
      { numRuns: 200 },
    );
  });

  it('stand once when they are shared, and in place when they are not', () => {
    const inner: Value = [1];
    const writer = valueWriter([[inner, inner], [2]]);
    expect(writer.store([inner, inner])).toEqual([{ $ref: 0 }, { $ref: 0 }]);
    expect(writer.store([2])).toEqual([2]);
    expect(writer.heap()).toEqual([[1]]);
  });

  it('may be nested as deep as they like', () => {
    let deep: Value = [];
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    const [back] = throughJson([deep]);
    let depth = 0;
    for (let level = back; Array.isArray(level) && level.length > 0; level = level[0]) depth += 1;
    expect(depth).toBe(50_000);
  });
});
