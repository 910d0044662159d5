import type { Json, JsonMap } from '#kernel';
import { writeJson } from '#kernel';

/** One thing in which the hardware of a machine is not what is known of it; null: it is not there. */
export interface HardwareChange {
  /** What it is: `disks[S4X1].size`, `hardware.total_ram`. */
  readonly part: string;
  readonly was: Json;
  readonly is: Json;
}

/** How many changes are told of one report. */
export const MAX_CHANGES = 50;
/** How many characters of a value that changed are told. */
const MAX_VALUE = 200;
/** How deep reports are looked at. */
const MAX_DEPTH = 12;

/** What a machine reports of its surroundings and of the moment, which is not what it is made of. */
const PASSING = new Set(['lldp', 'primary', 'ip_address', 'config_uuid', 'temperature', 'uptime', 'link', 'state']);

/** By what the entries of a list are told apart, in letters alone; the first one that all of them have, each its own. */
const TOLD_APART = [
  'locator',
  'slot',
  'serial',
  'serialnumber',
  'wwn',
  'address',
  'mac',
  'uuid',
  'id',
  'name',
  'device',
];

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/** The value of an entry by which it is told apart, where it has one. */
function nameIn(entry: Json, by: string): string | undefined {
  if (!isMap(entry)) return undefined;
  const found = Object.entries(entry).find(([name]) => lettersOf(name) === by)?.[1];
  return (typeof found === 'string' && found.trim() !== '') || typeof found === 'number' ? String(found) : undefined;
}

/** The entries of a list by what they are told apart by; undefined: not all of them are. */
function named(list: readonly Json[], by: string): Map<string, Json> | undefined {
  const found = new Map<string, Json>();
  for (const entry of list) {
    const name = nameIn(entry, by);
    if (name === undefined || found.has(name)) return undefined;
    found.set(name, entry);
  }
  return found;
}

/** The entries of a list by their text; what is there twice is numbered. */
function byText(list: readonly Json[]): Map<string, Json> {
  const found = new Map<string, Json>();
  for (const entry of list) {
    const text = brief(writeJson(entry));
    let name = text;
    for (let n = 2; found.has(name); n += 1) name = `${text} #${n}`;
    found.set(name, entry);
  }
  return found;
}

const brief = (text: string): string => (text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text);

/** A value as it is told: as it is where it is short, else the beginning of its text. */
function told(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  const text = writeJson(value);
  return text.length > MAX_VALUE ? brief(text) : value;
}

/** In what the hardware that a machine reports is not what is known of it. Where things stand in lists is of no matter. */
export function hardwareChanges(known: JsonMap, reported: JsonMap): readonly HardwareChange[] {
  const changes: HardwareChange[] = [];
  compare('', known, reported, { changes, depth: 0 });
  return changes.slice(0, MAX_CHANGES);
}

interface Comparison {
  readonly changes: HardwareChange[];
  readonly depth: number;
}

function compare(part: string, was: Json | undefined, is: Json | undefined, { changes, depth }: Comparison): void {
  const deeper = { changes, depth: depth + 1 };
  if (depth < MAX_DEPTH && isMap(was) && isMap(is)) {
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (PASSING.has(name)) continue;
      compare(part === '' ? name : `${part}.${name}`, own(was, name), own(is, name), deeper);
    }
    return;
  }
  if (depth < MAX_DEPTH && Array.isArray(was) && Array.isArray(is)) {
    const [before, after] = entriesOf(was as readonly Json[], is as readonly Json[]);
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      compare(`${part}[${name}]`, before.get(name), after.get(name), deeper);
    }
    return;
  }
  if (writeJson(was ?? null) !== writeJson(is ?? null)) changes.push({ part, was: told(was), is: told(is) });
}

const own = (map: JsonMap, name: string): Json | undefined => (Object.hasOwn(map, name) ? map[name] : undefined);

/** The entries of two lists under the names by which both are told apart. */
function entriesOf(was: readonly Json[], is: readonly Json[]): readonly [Map<string, Json>, Map<string, Json>] {
  for (const by of TOLD_APART) {
    const before = named(was, by);
    const after = before && named(is, by);
    if (before && after && before.size + after.size > 0) return [before, after];
  }
  return [byText(was), byText(is)];
}
