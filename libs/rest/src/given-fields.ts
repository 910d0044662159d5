import type { Fault, Json } from '#kernel';
import { Refusal } from '#kernel';
import type { Catalogue, Change, Field, Model, Values } from '#api';
import { mergePatch } from './merge-patch.ts';
import { attempt, readValue } from './read-value.ts';

const NOT_WRITEABLE = { code: 'NOT_WRITEABLE', text: 'is not written by clients' } as const;

/** The values of a new object. @throws Refusal */
export function newValues(model: Model, data: Values, catalogue: Catalogue): Values {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const [name, field] of fieldsIn(model, data, faults)) {
    if (field.mode === 'RO') faults.push({ field: name, ...NOT_WRITEABLE });
    else attempt(name, faults, () => (values[name] = readValue(field, data[name], catalogue)));
  }
  return settled(values, faults);
}

/**
 * What a patch changes, and what it only repeats: a client may send back what it has read, and fields that are not
 * changed by clients must then be as they are. `merge`: maps are merged into those that are there, key by key.
 * @throws Refusal
 */
export function changes(model: Model, data: Values, catalogue: Catalogue, merge: boolean): Change {
  const values: Record<string, unknown> = {};
  const repeated: Record<string, unknown> = {};
  const patched: string[] = [];
  const faults: Fault[] = [];
  for (const [name, field] of fieldsIn(model, data, faults)) {
    const into = field.mode === 'RW' ? values : repeated;
    attempt(name, faults, () => (into[name] = readValue(field, data[name], catalogue)));
    if (merge && field.mode === 'RW' && field.type.kind === 'Map' && !field.list && data[name] !== null) {
      patched.push(name);
    }
  }
  settled(values, faults);
  if (patched.length === 0) return { values, repeated };
  const patchedValues = (object: Values): Values => ({
    ...values,
    ...Object.fromEntries(
      patched.map((name) => [name, mergePatch((object[name] ?? {}) as Json, values[name] as Json)]),
    ),
  });
  return { values: patchedValues, repeated };
}

/** The fields that were given; links are nobody's to write, and passed over. */
function fieldsIn({ fields }: Model, data: Values, faults: Fault[]): [string, Field][] {
  return Object.keys(data).flatMap((name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field && name !== '_links') faults.push({ field: name, code: 'UNKNOWN', text: 'is no field' });
    return field ? [[name, field]] : [];
  });
}

function settled(values: Values, faults: readonly Fault[]): Values {
  if (faults.length > 0) throw new Refusal(faults);
  return values;
}
