import { type Walk, boundedText, longestShown, longestText, visit } from './limits.ts';
import { Unrecoverable } from './signals.ts';
import { type ScriptMap, type SecretPart, type Value, sealed } from './values.ts';

/** What stands for a secret wherever its text would. */
export const maskText = '********';

/** A value as text, in the notation scripts and messages have always used; secrets are masked, an end is cut off. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  const writing = emptyWriting(longestShown, { visited: 0 });
  try {
    write(value, writing, false);
  } catch (thrown) {
    if (!(thrown instanceof Unrecoverable)) throw thrown;
    writing.plain += ' ...';
  }
  return writing.parts.map((part) => (typeof part === 'string' ? part : maskText)).join('') + writing.plain;
}

/** Two values joined as text; a secret in either stays a secret in the result. */
export function join(left: Value, right: Value, walk: Walk): Value {
  const parts = [...partsOf(left, walk), ...partsOf(right, walk)];
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
  boundedText(length);
  walk.visited += length >> 4;
  return sealed(parts);
}

/** A whole float has `.0`; the exponent form begins at 1e+16 and below 1e-4. */
export function floatText(number: number): string {
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
  if (number === 0) return Object.is(number, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = number.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const plain =
    exponent < 0 ? number.toFixed(Math.min(100, mantissa.replace(/\D/g, '').length - 1 - exponent)) : `${number}`;
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** `H:MM:SS`, with days in front when there are any. */
export function durationText(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  const whole = Math.floor(rest);
  const micro = Math.round((rest - whole) * 1e6);
  const two = (number: number): string => String(number).padStart(2, '0');
  const clock = `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  const fraction = micro > 0 ? `.${String(micro).padStart(6, '0')}` : '';
  return `${days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `}${clock}${fraction}`;
}

/** A text as it stands inside arrays and maps: quoted, with what cannot be seen written out. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + escaped(text, quote) + quote;
}

const spelled: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function escaped(text: string, quote: string): string {
  return text.replace(/['"\\]|(?! )[\p{C}\p{Z}]/gu, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    const form = code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
    return spelled[character] ?? (code > 0xffff ? `\\U${hex.padStart(8, '0')}` : form);
  });
}

/** A text while it is written: what is finished up to the last secret, and the plain text since. */
interface Writing {
  readonly parts: SecretPart[];
  readonly open: Set<object>;
  readonly walk: Walk;
  readonly most: number;
  plain: string;
  length: number;
}

function emptyWriting(most: number, walk: Walk): Writing {
  return { parts: [], open: new Set(), walk, most, plain: '', length: 0 };
}

function partsOf(value: Value, walk: Walk): readonly SecretPart[] {
  if (typeof value === 'string') return [value];
  const writing = emptyWriting(longestText, walk);
  write(value, writing, false);
  return [...writing.parts, writing.plain];
}

function put(writing: Writing, text: string): void {
  writing.length += text.length;
  boundedText(writing.length, writing.most);
  writing.plain += text;
}

function putPart(writing: Writing, part: SecretPart): void {
  if (typeof part === 'string') return put(writing, part);
  writing.length += 1;
  writing.parts.push(writing.plain, part);
  writing.plain = '';
}

function write(value: Value, writing: Writing, inside: boolean): void {
  visit(writing.walk, writing.open.size);
  if (Array.isArray(value)) return writeArray(value, writing);
  if (value instanceof Map) return writeMap(value, writing);
  if (value === null || typeof value !== 'object' || value.kind !== 'secret') {
    return put(writing, scalarText(value, inside));
  }
  if (inside) put(writing, "'");
  for (const part of value.parts) putPart(writing, part);
  if (inside) put(writing, "'");
}

function scalarText(value: Exclude<Value, Value[] | ScriptMap>, inside: boolean): string {
  if (typeof value === 'string') return inside ? quoted(value) : value;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value.kind === 'float') return floatText(value.number);
  if (value.kind === 'duration') return durationText(value.seconds);
  return value.kind === 'opaque' ? `<${value.type}>` : maskText;
}

function writeArray(array: readonly Value[], writing: Writing): void {
  if (writing.open.has(array)) return put(writing, '[...]');
  writing.open.add(array);
  let before = '[';
  for (const element of array) {
    put(writing, before);
    write(element, writing, true);
    before = ', ';
  }
  put(writing, array.length === 0 ? '[]' : ']');
  writing.open.delete(array);
}

function writeMap(map: ScriptMap, writing: Writing): void {
  if (writing.open.has(map)) return put(writing, '{...}');
  writing.open.add(map);
  let before = '{';
  for (const entry of map.values()) {
    put(writing, before);
    write(entry.key, writing, true);
    put(writing, ': ');
    write(entry.value, writing, true);
    before = ', ';
  }
  put(writing, map.size === 0 ? '{}' : '}');
  writing.open.delete(map);
}
