import { writeKey, writeValue } from '#blueprint';
import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, MASK, pairsOf } from '#kernel';

/** Keys whose tables are objects of their own, each under a heading. */
const NAMED = [
  'site',
  'zone',
  'block',
  'network',
  'complex',
  'foundation',
  'host',
  'structure',
  'dependency',
  'interface',
  'script',
  'pxe',
  'plot',
];
/** Keys whose tables stand under a heading, one line for each of their keys. */
const HEADED = ['config_values', 'reserved', 'dynamic', 'scripts', 'template'];

const MASKED_NOTE = '# a secret: as it stands here, it stays what it is on the server that this is applied to';

/** Writes the objects of a site file as a person would: headings for what has a name, one line for each value. */
export function writeSiteFile(document: JsonMap): string {
  return tables([], document).join('\n');
}

function tables(path: readonly string[], map: JsonMap): string[] {
  const inner: string[] = [];
  const lines: string[] = [];
  for (const [key, value] of pairsOf(map)) {
    const here = [...path, key];
    if (isMap(value) && NAMED.includes(key)) {
      for (const [name, one] of pairsOf(value)) if (isMap(one)) inner.push(...tables([...here, name], one));
    } else if (isMap(value) && HEADED.includes(key)) {
      inner.push(
        heading(
          here,
          pairsOf(value).map(([name, one]) => line(name, one)),
        ),
      );
    } else {
      lines.push(line(key, value));
    }
  }
  const own = path.length === 0 ? (lines.length === 0 ? [] : [lines.join('')]) : [heading(path, lines)];
  return [...own, ...inner];
}

const line = (key: string, value: Json): string =>
  `${holdsMask(value) ? `${MASKED_NOTE}\n` : ''}${writeKey(key)} = ${writeValue(value)}\n`;

const heading = (path: readonly string[], lines: readonly string[]): string =>
  `[${path.map(writeKey).join('.')}]\n${lines.join('')}`;

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

const holdsMask = (value: Json): boolean =>
  value === MASK ||
  (Array.isArray(value)
    ? value.some((one) => holdsMask(one as Json))
    : isMap(value) && Object.values(value).some(holdsMask));
