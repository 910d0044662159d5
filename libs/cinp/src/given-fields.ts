import type { Field, Model, Values } from '#api';
import { Rejected, wrong } from './answer.ts';
import type { Reading } from './values.ts';
import { attempt, readValue } from './values.ts';

const NOT_WRITEABLE = 'Not Writeable';

/**
 * The values of a new object. What only the server writes may be there as null, as in an object that was never filled.
 * @throws Rejected
 */
export function newValues(model: Model, data: Values, reading: Reading): Values {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [name, field] of fieldsIn(model, data)) {
    if (field.mode !== 'RO') attempt(name, errors, () => (values[name] = readValue(field, data[name], reading)));
    else if (data[name] !== null) errors[name] = NOT_WRITEABLE;
  }
  refuseFor(errors);
  return values;
}

/**
 * What an update changes, and what it only repeats: clients that send whole objects back repeat the fields that are
 * written once; those must be as they are. Read-only fields are passed over. @throws Rejected
 */
export function changes(model: Model, data: Values, reading: Reading): { values: Values; repeated: Values } {
  const values: Record<string, unknown> = {};
  const repeated: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [name, field] of fieldsIn(model, data)) {
    if (field.mode === 'RO') continue;
    const into = field.mode === 'RC' ? repeated : values;
    attempt(name, errors, () => (into[name] = readValue(field, data[name], reading)));
    if (field.mode === 'RC' && name in errors) errors[name] = NOT_WRITEABLE;
  }
  refuseFor(errors);
  return { values, repeated };
}

function fieldsIn({ fields }: Model, data: Values): [string, Field][] {
  return Object.keys(data).map((name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) throw wrong(`no field named "${name}"`);
    return [name, field];
  });
}

/** Ends a request whose values are at fault, if any are. @throws Rejected */
export function refuseFor(errors: Readonly<Record<string, unknown>>): void {
  if (Object.keys(errors).length > 0) throw new Rejected(400, errors);
}
