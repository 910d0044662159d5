import type { Fault } from '#kernel';
import type { Field } from './field.ts';
import type { Values } from './model.ts';

/** What every field asks of its value, whatever the model: present where required, of the listed choices. */
export function validate(fields: Readonly<Record<string, Field>>, values: Values): Fault[] {
  const faults: Fault[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (!(name in values)) continue;
    const value = values[name];
    const { type } = field;
    if (value === null || value === undefined) {
      if (field.required) faults.push({ field: name, code: 'NULL', text: 'This field cannot be null.' });
    } else if (field.required && value === '') {
      faults.push({ field: name, code: 'BLANK', text: 'This field cannot be blank.' });
    } else if (type.kind === 'String' && typeof value === 'string' && type.choices?.includes(value) === false) {
      faults.push({ field: name, code: 'CHOICE', text: `Value '${value}' is not a valid choice.` });
    }
  }
  return faults;
}
