import { matchPattern, patternFlaw, textOf } from '#config';
import type { Json, JsonMap, UnitOfWork } from '#kernel';
import type { BluePrint } from './blueprint.ts';
import { blueprint } from './blueprint.ts';

/** How long the values of one machine may take to be held against all patterns of a template, in milliseconds. */
export const MAX_MATCHING_MS = 250;

/**
 * The validation template that counts for a foundation blueprint: its own, else the first one of its parents, depth
 * first; undefined: there is none.
 */
export async function validationTemplateOf(work: UnitOfWork, name: string): Promise<JsonMap | undefined> {
  const found = await work.load(blueprint, name);
  const value: BluePrint | undefined = 'value' in found ? found.value : undefined;
  if (value?.kind !== 'foundation') return undefined;
  if (Object.keys(value.validationTemplate).length > 0) return value.validationTemplate;
  for (const parent of value.parents) {
    const inherited = await validationTemplateOf(work, parent);
    if (inherited) return inherited;
  }
  return undefined;
}

/** Whether foundations of a blueprint have to say what they are made of before they are located. */
export const requiresIdMap = async (work: UnitOfWork, name: string): Promise<boolean> =>
  (await validationTemplateOf(work, name)) !== undefined;

/** What one item of a template asks for; a text is its pattern, a number or truth value is the value itself. */
interface Asked {
  /** A regular expression the value begins with a match of. */
  readonly pattern?: string;
  /** The least and the largest number, or count of the entries of a list or map. */
  readonly min?: number;
  readonly max?: number;
  /** The text of the value. */
  readonly is?: string;
}

/** What is wrong with a template, by item; nothing: it can be used. */
export function templateFaults(template: JsonMap): string[] {
  return Object.entries(template).flatMap(([name, asked]) => {
    const fault = askedFault(asked);
    return fault === undefined ? [] : [`item "${name}" ${fault}`];
  });
}

function askedFault(asked: Json): string | undefined {
  const { pattern, min, max, is: _, ...others } = askedOf(asked) ?? { unreadable: true };
  if (Object.keys(others).length > 0) return 'must be a regular expression, or a map with "pattern", "min" or "max"';
  for (const bound of [min, max]) {
    if (bound !== undefined && typeof bound !== 'number') return 'has a "min" or "max" that is no number';
  }
  const flaw = pattern === undefined ? undefined : patternFlaw(pattern);
  return flaw === undefined ? undefined : `has a pattern that ${flaw}`;
}

const askedOf = (asked: Json): Asked | undefined => {
  if (typeof asked === 'string') return { pattern: asked };
  if (typeof asked === 'number' || typeof asked === 'boolean') return { is: textOf(asked) };
  return typeof asked === 'object' && asked !== null && !Array.isArray(asked) ? (asked as Asked) : undefined;
};

/** How many faults of one machine are told. */
const MAX_TOLD = 5;

/**
 * Why what a machine says of itself is not what a template asks for, each item that is missing or wrong; undefined: it is.
 * Patterns that take more than `MAX_MATCHING_MS` do not match.
 */
export function validateIdMap(template: JsonMap, idMap: JsonMap): string | undefined {
  const deadline = performance.now() + MAX_MATCHING_MS;
  const faults: string[] = [];
  for (const [name, asked] of Object.entries(template)) {
    const value = valueAt(idMap, name);
    const fault = value === undefined ? 'not found' : faultOf(value, askedOf(asked) ?? {}, deadline);
    if (fault !== undefined) faults.push(`Item "${name}" ${fault}`);
    // Nothing else would be looked at in time.
    if (fault !== undefined && performance.now() > deadline) break;
  }
  if (faults.length === 0) return undefined;
  const more = faults.length - MAX_TOLD;
  return `${faults.slice(0, MAX_TOLD).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** The value at a dotted path; parts that are digits are places in a list. */
function valueAt(map: JsonMap, path: string): Json | undefined {
  let value: Json | undefined = map;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as JsonMap)[part] as Json;
  }
  return value;
}

function faultOf(value: Json, { pattern, min, max, is }: Asked, deadline: number): string | undefined {
  const text = textOf(value);
  if (is !== undefined && text !== is) return `does not match "${text.slice(0, 200)}"`;
  if (pattern !== undefined) {
    const match = matchPattern(pattern, text, { deadline });
    if (match === 'no') return `does not match "${text.slice(0, 200)}"`;
    if (match === 'too-long') return `takes too long to be held against its pattern: "${text.slice(0, 200)}"`;
  }
  if (min === undefined && max === undefined) return undefined;
  const number = numberOf(value);
  if (Number.isNaN(number)) return `is no number and no list: "${text.slice(0, 200)}"`;
  if (min !== undefined && number < min) return `is ${number}, at least ${min} wanted`;
  return max !== undefined && number > max ? `is ${number}, at most ${max} wanted` : undefined;
}

function numberOf(value: Json): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  return typeof value === 'boolean' || value === null || value === '' ? Number.NaN : Number(value);
}
