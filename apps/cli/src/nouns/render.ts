import type { Result } from '../command.ts';
import { inColumns } from '../in-columns.ts';
import type { Values } from '../rest-client.ts';

/** What is shown under a title or label: a field by its name, or what a function makes of the object. */
export type Cell = string | ((object: Values) => unknown);
/** Titles of columns, or labels of lines, with what they show. */
export type Cells = Readonly<Record<string, Cell>>;

/** What stands for nothing. */
const NOTHING = '-';

const MOMENT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|\+00:00)$/;

/** A value on one line: times to the second in UTC, lists with blanks between, maps as JSON. */
export function lineOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.map(lineOf).join(' ');
  if (typeof value === 'string') return value.replace(MOMENT, '$1 $2');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && Object.keys(value).length === 0) return NOTHING;
  return JSON.stringify(value);
}

const valueIn = (object: Values, cell: Cell): unknown => (typeof cell === 'string' ? object[cell] : cell(object));

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object without the links that REST adds. */
export const withoutLinks = ({ _links, ...object }: Values): Values => object;

/** Objects as a table. */
export const listed = (objects: readonly Values[], cells: Cells): Result => ({
  json: objects.map(withoutLinks),
  text: inColumns([
    Object.keys(cells),
    ...objects.map((object) => Object.values(cells).map((cell) => lineOf(valueIn(object, cell)))),
  ]),
});

/** An object as labels with their values; maps, and text of several lines, stand below their label. */
export function detailed(object: Values, cells: Cells): Result {
  const width = Math.max(...Object.keys(cells).map((label) => label.length)) + 2;
  const lines = Object.entries(cells).flatMap(([label, cell]) => {
    const value = valueIn(object, cell);
    const below = linesBelow(value);
    return below.length > 0 ? [`${label}:`, ...below] : [`${`${label}:`.padEnd(width)}${lineOf(value)}`];
  });
  return { json: withoutLinks(object), text: lines.join('\n') };
}

function linesBelow(value: unknown): string[] {
  if (isMap(value)) return Object.entries(value).map(([key, one]) => `  ${key}: ${lineOf(one)}`);
  if (typeof value !== 'string' || !value.includes('\n')) return [];
  return value
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
}

/** A map as a line for each key, sorted: the key, a tab, and the value. */
export const keyValues = (map: Values): Result => ({
  json: map,
  text: Object.keys(map)
    .toSorted()
    .map((key) => `${key}:\t${typeof map[key] === 'string' ? map[key] : JSON.stringify(map[key])}`)
    .join('\n'),
});
