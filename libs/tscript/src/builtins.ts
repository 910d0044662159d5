import { delayFunction } from './delay.ts';
import { equal } from './compare.ts';
import type { CallContext, HostFunction } from './host.ts';
import { boundedSize } from './limits.ts';
import { Acknowledged } from './outcome.ts';
import { Unrecoverable } from './signals.ts';
import { quoted, textOf } from './text.ts';
import { type ScriptMap, type Value, characters, keyOf, kindOf, position } from './values.ts';

type Parameters = Readonly<Record<string, Value>>;

/** A function of the language: which parameters it takes, and what it does with them. */
interface Builtin {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  readonly call: (parameters: Parameters, context: CallContext) => Value;
}

/** The parameters the functions of the language take; all of them by name. */
export const builtinParameters: Readonly<Record<string, Pick<Builtin, 'required' | 'optional'>>> = {
  len: { required: ['array'] },
  slice: { required: ['array', 'start', 'end'] },
  pop: { required: ['array'], optional: ['index'] },
  append: { required: ['array', 'value'] },
  index: { required: ['array', 'value'] },
  pause: { required: ['msg'] },
  error: { required: ['msg'] },
  fatal_error: { required: ['msg'] },
  message: { required: ['msg'] },
  delay: { required: [], optional: ['seconds', 'minutes', 'hours'] },
};

const calls: Readonly<Record<string, Builtin['call']>> = {
  len: ({ array = null }) => lengthOf(array),
  slice: ({ array = null, start = null, end = null }) => sliceOf(array, start, end),
  pop: ({ array = null, index = -1 }) => popFrom(array, index),
  append: ({ array = null, value = null }) => {
    if (!Array.isArray(array)) throw wrong('array', array, 'an array');
    boundedSize(array.length);
    array.push(value);
    return null;
  },
  index: ({ array = null, value = null }) => indexIn(array, value),
  pause: ({ msg = null }, { line }) => stop({ kind: 'paused', message: textOf(msg), line }),
  error: ({ msg = null }, { line }) => stop({ kind: 'error', message: textOf(msg), line, reason: 'raised' }),
  fatal_error: ({ msg = null }) => {
    throw new Unrecoverable(textOf(msg));
  },
  message: ({ msg = null }, { now }) => stop({ kind: 'waiting', message: textOf(msg), wakeAt: now }),
};

/** The functions of the language by name. */
export const builtins: Readonly<Record<string, HostFunction>> = {
  ...Object.fromEntries(Object.entries(calls).map(([name, act]) => [name, inline(name, act)])),
  delay: delayFunction,
};

function inline(name: string, act: Builtin['call']): HostFunction {
  const { required = [], optional = [] } = builtinParameters[name] ?? {};
  return {
    kind: 'inline',
    call(parameters, context) {
      const lacking = required.find((parameter) => !Object.hasOwn(parameters, parameter));
      if (lacking !== undefined) throw new TypeError(`"${lacking}" is required`);
      const surplus = Object.keys(parameters).find((key) => !required.includes(key) && !optional.includes(key));
      if (surplus !== undefined) throw new TypeError(`there is no parameter "${surplus}"`);
      return act(parameters, context);
    },
  };
}

function stop(outcome: Acknowledged['outcome']): never {
  throw new Acknowledged(outcome);
}

function wrong(name: string, value: Value, expected: string): Error {
  return new TypeError(`"${name}" must be ${expected}, not ${kindOf(value)}`);
}

function lengthOf(array: Value): number {
  if (Array.isArray(array)) return array.length;
  if (typeof array === 'string') return characters(array).length;
  if (array instanceof Map) return array.size;
  throw wrong('array', array, 'an array, a map or a text');
}

function sliceOf(array: Value, start: Value, end: Value): Value {
  const bound = (name: string, value: Value): number | undefined => {
    if (value === null) return undefined;
    const at = position(value);
    if (at === undefined) throw wrong(name, value, 'an integer or none');
    return at;
  };
  const [from, to] = [bound('start', start), bound('end', end)];
  if (Array.isArray(array)) return array.slice(from ?? 0, to);
  if (typeof array !== 'string') throw wrong('array', array, 'an array or a text');
  const whole = characters(array);
  return typeof whole === 'string' ? whole.slice(from ?? 0, to) : whole.slice(from ?? 0, to).join('');
}

function popFrom(array: Value, index: Value): Value {
  if (array instanceof Map) return popKey(array, index);
  if (!Array.isArray(array)) throw wrong('array', array, 'an array or a map');
  const at = position(index);
  if (at === undefined) throw wrong('index', index, 'an integer');
  const place = at < 0 ? at + array.length : at;
  if (place < 0 || place >= array.length)
    throw new RangeError(`"index" ${at} is out of range: the array has ${array.length} elements`);
  return array.splice(place, 1)[0] ?? null;
}

function popKey(map: ScriptMap, index: Value): Value {
  const key = keyOf(index);
  const entry = key === undefined ? undefined : map.get(key);
  if (key === undefined || entry === undefined) throw new RangeError(`there is no key ${shown(index)} in the map`);
  map.delete(key);
  return entry.value;
}

function indexIn(array: Value, value: Value): number {
  const walk = { visited: 0 };
  const same = (element: Value): boolean => equal(element, value, walk);
  const found = Array.isArray(array) ? array.findIndex(same) : indexInText(array, value);
  if (found < 0) throw new RangeError(`the value ${shown(value)} is not in it`);
  return found;
}

/** How much of a value is named in a message. */
const longestNamed = 80;

/** A value as a message names it: text in quotes, and not all of what is long. */
function shown(value: Value): string {
  const text = typeof value === 'string' ? quoted(value) : textOf(value);
  return text.length > longestNamed ? `${text.slice(0, longestNamed)} ...` : text;
}

function indexInText(text: Value, part: Value): number {
  if (typeof text !== 'string') throw wrong('array', text, 'an array or a text');
  if (typeof part !== 'string') throw wrong('value', part, 'a text');
  const found = text.indexOf(part);
  return found < 0 ? found : characters(text.slice(0, found)).length;
}
