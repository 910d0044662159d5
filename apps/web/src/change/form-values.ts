import type { Field, Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';

/** What stands in the inputs of a form: texts, as they are typed, and ticks. */
export type FormValues = Readonly<Record<string, string | boolean>>;

/** A value that cannot be read, with why. */
export interface Flaw {
  readonly field: string;
  readonly text: string;
}

/** A value as it stands in an input: lists one per line, maps as JSON. */
function asInput({ type, list }: Field, value: unknown): string | boolean {
  if (type === 'boolean' && list !== true) return value === true;
  if (value === null || value === undefined) return '';
  if (type === 'map') return Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2);
  if (list === true) return (value as readonly unknown[]).map(String).join('\n');
  return valueText(value);
}

/** The inputs of fields, as an object has them, or with what they are unless said. */
export const inputsOf = (fields: Readonly<Record<string, Field>>, row?: Row): FormValues =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, asInput(field, row ? row[name] : field.default)]),
  );

/** What one input says. @throws Error why it cannot be read */
function readInput(field: Field, input: string | boolean): unknown {
  if (typeof input === 'boolean') return input;
  const { type, list } = field;
  if (type === 'map') return readJson(input, list === true);
  if (list === true) {
    const lines = input.split('\n').map((line) => line.trim());
    return lines.filter((line) => line !== '').map((line) => readOne(field, line));
  }
  if (input === '') return field.nullable || type !== 'string' ? null : '';
  return readOne(field, type === 'string' ? input : input.trim());
}

function readJson(input: string, list: boolean): unknown {
  if (input.trim() === '') return list ? [] : {};
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch (error) {
    throw new Error(`is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (list !== Array.isArray(value) || typeof value !== 'object' || value === null)
    throw new Error(list ? 'must be a JSON list' : 'must be a JSON map');
  return value;
}

function readOne({ type, numeric }: Field, text: string): unknown {
  if (type === 'integer' || (type === 'reference' && numeric === true)) {
    if (!/^-?\d+$/.test(text)) throw new Error(`"${text}" must be a whole number`);
    return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  }
  if (type === 'number') {
    if (text === '' || Number.isNaN(Number(text))) throw new Error(`"${text}" must be a number`);
    return Number(text);
  }
  return text;
}

/** What a form says: the values of fields that are other than they were (all of those that are given, without that). */
export function readForm(
  fields: Readonly<Record<string, Field>>,
  inputs: FormValues,
  were?: FormValues,
): { readonly values: Row; readonly flaws: readonly Flaw[] } {
  const values: Record<string, unknown> = {};
  const flaws: Flaw[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const input = inputs[name];
    if (input === undefined || (were && input === were[name])) continue;
    if (!were && input === '' && field.create !== 'required') continue;
    if (input === '' && field.create === 'required' && field.type !== 'map' && field.list !== true) {
      flaws.push({ field: name, text: 'must be given' });
      continue;
    }
    try {
      values[name] = readInput(field, input);
    } catch (error) {
      flaws.push({ field: name, text: (error as Error).message });
    }
  }
  return { values, flaws };
}
