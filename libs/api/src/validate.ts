import type { Fault } from '#kernel';
import type { Field, Fields, ValueType } from './field.ts';
import type { Values } from './model.ts';

/** What every field asks of its value, whatever the model: present where required, of the listed choices. */
export function validate(fields: Readonly<Record<string, Field>>, values: Values): Fault[] {
  const faults: Fault[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (!(name in values)) continue;
    const value = values[name];
    const { type } = field;
    if (value === null || value === undefined) {
      if (field.required && !isInstead(values, field))
        faults.push({ field: name, code: 'NULL', text: 'This field cannot be null.' });
    } else if (field.required && value === '' && !isInstead(values, field)) {
      faults.push({ field: name, code: 'BLANK', text: 'This field cannot be blank.' });
    } else if (type.kind === 'String' && typeof value === 'string' && type.choices?.includes(value) === false) {
      faults.push({ field: name, code: 'CHOICE', text: `Value '${value}' is not a valid choice.` });
    }
  }
  return faults;
}

/** Whether another field has a value that does instead. */
const isInstead = (values: Values, { orElse }: Field): boolean =>
  orElse !== undefined && (values[orElse] ?? null) !== null;

/** What stands in the place of a required value that is not there; the command it goes into is refused anyway. */
const NEUTRAL: Readonly<Record<ValueType['kind'], unknown>> = {
  String: '',
  Integer: 0,
  Float: 0,
  Boolean: false,
  DateTime: '',
  Map: {},
  Model: '',
};

/** Values of the types their fields declare: no list is null, nor is what is required. */
export const asDeclared = (fields: Fields, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = fields[name];
      if (value !== null && value !== undefined) return [name, value];
      if (field?.list) return [name, []];
      return [name, field?.required ? NEUTRAL[field.type.kind] : null];
    }),
  );
