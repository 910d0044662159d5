import { IntegralFloat, parseJson, writeJson } from '#kernel';
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A value as the text clients of the first server expect it in fields that are text by contract: `True`, `254`,
 * `['VM', 'Metal']`, `{'mac': None}`. Text stays as it is; null stays null.
 */
export function toPythonText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : written(value);
}

function written(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (IntegralFloat.is(value)) return writeJson(value);
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${quoted(key)}: ${written(inner)}`);
    return `{${entries.join(', ')}}`;
  }
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : 'None';
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // oxlint-disable-next-line no-control-regex
  const inner = text.replace(/[\\\n\r\t\u0000-\u001f\u007f]/g, (char) => {
    return ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `${quote}${quote === "'" ? inner.replaceAll("'", "\\'") : inner}${quote}`;
}

const LITERAL = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\b(True|False|None)\b/gs;
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gis;
const UNESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const CONSTANTS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** Reads back what {@link toPythonText} wrote, and JSON; undefined where the text is neither. */
export function fromPythonText(text: string): unknown {
  const json = text.replace(LITERAL, (whole, single?: string, double?: string, constant?: string) => {
    if (constant !== undefined) return CONSTANTS[constant] ?? whole;
    return JSON.stringify(unescaped(single ?? double ?? ''));
  });
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}

const unescaped = (text: string): string =>
  text.replace(ESCAPE, (_, hex?: string, wide?: string, char = '') => {
    const code = hex ?? wide;
    return code === undefined
      ? (UNESCAPES[char as string] ?? (char as string))
      : String.fromCharCode(parseInt(code, 16));
  });
