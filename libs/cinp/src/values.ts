import { writeJson, numberIn } from '#kernel';
import { flawOf } from '#http';
import type { Catalogue, Field, Making, Parameter, ValueType, Values } from '#api';
import { exactNumber, shownMoment, toKey, toMoment, uriOf } from '#api';
import { fromPythonText, toPythonText } from './python-text.ts';
import { modelUri, parseUri } from './uri.ts';
import type { Words } from './version.ts';

/** A value that is none of its declared type; the text says why. */
export class Unreadable extends Error {}

/** What reading a value takes besides the value: the models references may point to, and how texts are spelled. */
export interface Reading {
  readonly catalogue: Catalogue;
  readonly words: Words;
}

type Kind = ValueType['kind'];
type Read<K extends Kind> = (value: unknown, type: Extract<ValueType, { kind: K }>, reading: Reading) => unknown;

/** One value from the wire in the shape of the inside, by kind. Null and (except for text and maps) empty text is null. */
const READ: { readonly [K in Kind]: Read<K> } = {
  String: (value, { length }, { words }) => {
    if (typeof value === 'object' && numberIn(value) === undefined) {
      throw new Unreadable('Unable to convert to a string');
    }
    const text = typeof value === 'string' ? value : (toPythonText(value) ?? '');
    if (length !== undefined && text.length > length && Array.from(text).length > length)
      throw new Unreadable(words.tooLong);
    return text;
  },
  Integer: (value, { wide }) => {
    if (wide) return readWide(value);
    const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number)) throw new Unreadable('Unable to convert to an int');
    return (number as number) + 0;
  },
  Float: (value) => {
    const decimal = typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
    const number = decimal ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) throw new Unreadable('Unable to convert to a float');
    return number;
  },
  Boolean: (value) => {
    const text = toPythonText(value)?.toLowerCase() ?? '';
    if (['true', 't', '1'].includes(text)) return true;
    if (['false', 'f', '0'].includes(text)) return false;
    throw new Unreadable('Unable to convert to boolean');
  },
  DateTime: (value) => {
    const moment = typeof value === 'string' ? toMoment(value) : undefined;
    if (moment === undefined) throw new Unreadable('DateTime must be text in a form of ISO 8601');
    return moment;
  },
  Map: (value) => {
    if (typeof value !== 'object' || Array.isArray(value) || numberIn(value) !== undefined) {
      throw new Unreadable('Map must be a dict');
    }
    return value;
  },
  Model: (value, { model }, { catalogue }) => {
    const uri = typeof value === 'string' ? parseUri(value) : undefined;
    if (!uri) throw new Unreadable(`Unable to Parse "${String(toPythonText(value))}"`);
    const text = String(value);
    const target = uri.path.join('/');
    if (!related(catalogue, target, model)) {
      throw new Unreadable(`Object "${text}" is for a model other than "${modelUri(model)}"`);
    }
    if (uri.ids?.length !== 1 || uri.action !== undefined) throw new Unreadable(`"${text}" is not one object`);
    const key = toKey(catalogue, target, uri.ids[0] ?? '');
    if (key === undefined) throw new Unreadable(`Object "${text}" for model "${modelUri(model)}" NotFound`);
    return key;
  },
};

/** A whole number of any size as decimal text. */
function readWide(value: unknown): string {
  const exact = typeof value === 'string' ? /^\s*[+-]?\d+\s*$/.test(value) : Number.isSafeInteger(value);
  if (!exact) throw new Unreadable('Unable to convert to an int');
  return String(BigInt(String(value).trim().replace('+', '')));
}

const EMPTY: Readonly<Record<'text' | 'map' | 'other', (value: unknown) => unknown>> = {
  text: (value) => (value === null ? null : undefined),
  map: (value) => (value === null || value === '' ? {} : undefined),
  other: (value) => (value === null || value === '' ? null : undefined),
};

function readOne(type: ValueType, value: unknown, reading: Reading): unknown {
  const empty = EMPTY[type.kind === 'String' ? 'text' : type.kind === 'Map' ? 'map' : 'other'](value);
  if (empty !== undefined) return empty;
  // Only in a map, and as text, is `1.0` another value than `1`.
  const plain = type.kind === 'Map' || type.kind === 'String' ? value : (numberIn(value) ?? value);
  return (READ[type.kind] as Read<Kind>)(plain, type, reading);
}

/** A value from the wire in the shape of the inside. @throws Unreadable */
export function readValue(parameter: Parameter | Field, given: unknown, reading: Reading): unknown {
  const { type, list } = parameter;
  const value = isText(parameter) ? untexted(parameter, given) : given;
  if (!list) return readOne(type, value, reading);
  if (value === null || value === '') return [];
  if (!Array.isArray(value)) throw new Unreadable('Must be an Array/List');
  return value.map((item) => readOne(type, item, reading));
}

/** A field that travels as text holds lists and maps in the notation it is sent in; the rest reads from text anyway. */
function untexted({ type, list }: Parameter, value: unknown): unknown {
  if (typeof value !== 'string' || value === '' || !(list || type.kind === 'Map')) return value;
  const parsed = fromPythonText(value);
  if (parsed === undefined) throw new Unreadable(`Unable to Parse "${value}"`);
  const flaw = flawOf(parsed);
  if (flaw !== undefined) throw new Unreadable(flaw);
  return parsed;
}

/** Values read by name, and why others could not be read, in the text that goes to the client. */
export interface ReadResult {
  readonly values: Values;
  readonly errors: Readonly<Record<string, string>>;
}

/** Reads the arguments of an action or filter: unknown ones are ignored, missing ones take their default or are at fault. */
export function readArguments(
  parameters: Readonly<Record<string, Parameter>>,
  given: Values,
  reading: Reading,
): ReadResult {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (Object.hasOwn(given, name)) {
      attempt(name, errors, () => (values[name] = chosen(parameter, readValue(parameter, given[name], reading))));
    } else if (parameter.default === undefined) {
      errors[name] = reading.words.required;
    } else {
      values[name] = parameter.default;
    }
  }
  return { values, errors };
}

/** Runs a step that reads one value; what makes it unreadable is noted under its name. */
export function attempt(name: string, errors: Record<string, string>, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    errors[name] = invalidValue(error.message);
  }
}

export const invalidValue = (why: string): string => `Invalid Value "${why}"`;

/** Choices of fields are checked with the rest of the object; those of arguments here. */
function chosen({ type }: Parameter, value: unknown): unknown {
  const choices = type.kind === 'String' && !type.open ? type.choices : undefined;
  const other = [value].flat().find((one) => one !== null && choices?.includes(one as string) === false);
  if (other !== undefined) throw new Unreadable(`Value '${toPythonText(other)}' is not a valid choice.`);
  return value;
}

/** A value of the inside as it goes over the wire. */
export function writeValue(parameter: Parameter | Field, value: unknown): unknown {
  if (isText(parameter)) return toPythonText(parameter.list ? (value ?? []) : value);
  const { type, list } = parameter;
  if (list) return ((value ?? []) as readonly unknown[]).map((item) => writeOne(type, item));
  return writeOne(type, value);
}

function writeOne(type: ValueType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === 'Model') return uriOf(type.model, value as string | number);
  if (type.kind === 'String') return toPythonText(value);
  if (type.kind === 'Integer' && type.wide) return exactNumber(value);
  if (type.kind === 'DateTime' && typeof value === 'string') return shownMoment(value);
  return value;
}

/** An object as it goes over the wire: the declared fields, in their order. */
export const writeObject = (fields: Readonly<Record<string, Field>>, values: Values): Values =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, writeValue(field, values[name])]));

/** Objects as JSON. */
export const asJson: Making<string> = {
  make: ({ fields }, object) => writeJson(writeObject(fields, object)),
  kept: true,
};

/** Whether a field travels as text whatever it is inside. */
export const isText = (parameter: Parameter | Field): boolean => 'asText' in parameter && parameter.asText === true;

/** Whether an object addressed as `given` may stand where `declared` is asked for: the same model, a base or a specialisation. */
function related(catalogue: Catalogue, given: string, declared: string): boolean {
  return ancestry(catalogue, given).includes(declared) || ancestry(catalogue, declared).includes(given);
}

function ancestry(catalogue: Catalogue, path: string): string[] {
  const model = catalogue.model(path);
  if (!model) return [];
  return [path, ...(model.base === undefined ? [] : ancestry(catalogue, model.base))];
}
