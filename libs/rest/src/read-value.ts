import type { Fault } from '#kernel';
import { numberIn } from '#kernel';
import type { Catalogue, Parameter, ValueType } from '#api';
import { keyKind, toMoment } from '#api';

/** A value that is not what is declared. */
export class Unreadable extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

type Kind = ValueType['kind'];
type Read<K extends Kind> = (value: unknown, type: Extract<ValueType, { kind: K }>, catalogue: Catalogue) => unknown;

const otherwise = (what: string): Error => new Unreadable('TYPE', `must be ${what}`);

/** One value of JSON in the shape of the inside, by kind. Nothing is turned into something else on the way. */
const READ: { readonly [K in Kind]: Read<K> } = {
  String: (value, { length }) => {
    if (typeof value !== 'string') throw otherwise('text');
    if (length !== undefined && value.length > length && Array.from(value).length > length) {
      throw new Unreadable('TOO_LONG', `must be at most ${length} characters long`);
    }
    return value;
  },
  Integer: (value, { wide }) => {
    if (wide && typeof value === 'string' && /^-?\d+$/.test(value)) return String(BigInt(value));
    if (wide && Number.isSafeInteger(value)) return String(value);
    if (!Number.isSafeInteger(value)) throw otherwise('a whole number');
    return (value as number) + 0;
  },
  Float: (value) => {
    if (typeof value !== 'number') throw otherwise('a number');
    return value;
  },
  Boolean: (value) => {
    if (typeof value !== 'boolean') throw otherwise('true or false');
    return value;
  },
  DateTime: (value) => {
    const moment = typeof value === 'string' ? toMoment(value) : undefined;
    if (moment === undefined) throw otherwise('a time in a form of ISO 8601');
    return moment;
  },
  Map: (value) => {
    if (typeof value !== 'object' || Array.isArray(value) || numberIn(value) !== undefined) throw otherwise('a map');
    return value;
  },
  Model: (value, { model }, catalogue) => {
    const integer = keyKind(catalogue, model) === 'integer';
    const fits = integer ? Number.isSafeInteger(value) && (value as number) >= 0 : typeof value === 'string' && value;
    if (!fits) throw otherwise(`the id of a ${model}, ${integer ? 'a whole number' : 'text'}`);
    return value;
  },
};

function readOne(type: ValueType, value: unknown, catalogue: Catalogue): unknown {
  if (value === null) return type.kind === 'Map' ? {} : null;
  // Only in a map is `1.0` another value than `1`.
  const plain = type.kind === 'Map' ? value : (numberIn(value) ?? value);
  return (READ[type.kind] as Read<Kind>)(plain, type, catalogue);
}

/** A value of JSON in the shape of the inside; null is nothing, the empty map, the empty list. @throws Unreadable */
export function readValue({ type, list }: Parameter, value: unknown, catalogue: Catalogue): unknown {
  if (!list) return readOne(type, value, catalogue);
  if (value === null) return [];
  if (!Array.isArray(value)) throw otherwise('a list');
  return value.map((item) => readOne(type, item, catalogue));
}

/** Runs a step that reads one value; what makes it unreadable is noted under its name. */
export function attempt(field: string, faults: Fault[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    faults.push({ field, code: error.code, text: error.message });
  }
}

/** Reads the arguments of an action or filter: those that are missing take their default, or are at fault. */
export function readArguments(
  parameters: Readonly<Record<string, Parameter>>,
  given: Readonly<Record<string, unknown>>,
  catalogue: Catalogue,
): { readonly values: Readonly<Record<string, unknown>>; readonly faults: readonly Fault[] } {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) faults.push({ field: name, code: 'UNKNOWN', text: 'is not taken here' });
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    if (Object.hasOwn(given, name)) {
      attempt(name, faults, () => (values[name] = chosen(parameter, readValue(parameter, given[name], catalogue))));
    } else if (parameter.default === undefined) {
      faults.push({ field: name, code: 'REQUIRED', text: 'is required' });
    } else {
      values[name] = parameter.default;
    }
  }
  return { values, faults };
}

/** Choices of fields are checked with the rest of the object; those of arguments here. */
function chosen({ type }: Parameter, value: unknown): unknown {
  const choices = type.kind === 'String' && !type.open ? type.choices : undefined;
  if (choices && [value].flat().some((one) => typeof one === 'string' && !choices.includes(one))) {
    throw new Unreadable('CHOICE', `must be one of ${choices.join(', ')}`);
  }
  return value;
}
