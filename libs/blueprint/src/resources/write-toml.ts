import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, pairsOf, writeJson } from '#kernel';

/** TOML has no null; this map stands for it where a configuration value is one. */
export const NULL_KEY = '$null';

/** Lists and tables up to this length stand on one line, in characters. */
const MAX_LINE = 100;

const BARE = /^[A-Za-z0-9_-]+$/;
/** What cannot stand in a text that is taken as it is: control characters but tab and line feed. */
const CONTROL = /(?![\t\n])\p{Cc}/u;
/** What is escaped between double quotes. */
const ESCAPED = /["\\]|\p{Cc}/gu;

/** A key, in quotes where it needs them. */
export const writeKey = (key: string): string =>
  BARE.test(key) ? key : key.includes("'") || key.includes('\n') || CONTROL.test(key) ? basic(key) : `'${key}'`;

/** A value as a person would write it; texts of several lines stand in triple quotes. */
export function writeValue(value: Json, indent = ''): string {
  if (value === null) return `{ '${NULL_KEY}' = true }`;
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean' || IntegralFloat.is(value)) return writeJson(value);
  return Array.isArray(value) ? writeList(value, indent) : writeInline(value as JsonMap, indent);
}

/** A number as TOML has it: `1e-7` stays, and what JSON writes as `1e+21` is a float. */
const writeNumber = (value: number): string => String(value).replace('e+', 'e');

function writeList(items: readonly Json[], indent: string): string {
  const inner = `${indent}  `;
  const written = items.map((item) => writeValue(item, inner));
  const line = `[${written.join(', ')}]`;
  if (line.length <= MAX_LINE && !line.includes('\n')) return line;
  return `[\n${written.map((item) => `${inner}${item},\n`).join('')}${indent}]`;
}

function writeInline(map: JsonMap, indent: string): string {
  const pairs = pairsOf(map).map(([key, value]) => `${writeKey(key)} = ${inlineValue(value, indent)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** A table on one line may hold no text of several lines but in its values; lists in it stay on the line. */
const inlineValue = (value: Json, indent: string): string =>
  Array.isArray(value)
    ? `[${value.map((item) => inlineValue(item as Json, indent)).join(', ')}]`
    : typeof value === 'string'
      ? writeLine(value)
      : writeValue(value, indent);

function writeText(text: string): string {
  if (!text.includes('\n')) return writeLine(text);
  if (!CONTROL.test(text) && !text.includes("'''") && !text.endsWith("'")) return `'''\n${text}'''`;
  const escaped = text.replaceAll(ESCAPED, (character) => (character === '\n' ? character : escape(character)));
  return `"""\n${escaped}"""`;
}

function writeLine(text: string): string {
  const literal = /["\\]/.test(text) && !text.includes("'") && !text.includes('\n') && !CONTROL.test(text);
  return literal ? `'${text}'` : basic(text);
}

const basic = (text: string): string => `"${text.replaceAll(ESCAPED, escape)}"`;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

const escape = (character: string): string =>
  ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
