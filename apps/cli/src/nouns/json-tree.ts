/** A JSON value: maps by their keys, everything else as its text, so that nothing of it is lost. */
export type JsonTree = string | ReadonlyMap<string, JsonTree>;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The tree of JSON text and what it was parsed to; what is no map is kept as it was written. */
export const treeOfJson = (text: string, value: unknown): JsonTree =>
  isMap(value) ? new Map(Object.entries(value).map(([key, one]) => [key, treeOfJson(JSON.stringify(one), one)])) : text;

/** Whether there is a map in these values, which a merge patch would merge with the one that is there. */
export const holdsMap = (members: ReadonlyMap<string, JsonTree>): boolean =>
  [...members.values()].some((value) => typeof value !== 'string');

/** The text of a merge patch (RFC 7396) that sets these members of a map, each as a whole, and leaves the others. */
export const patchOf = (members: ReadonlyMap<string, JsonTree>, before: Readonly<Record<string, unknown>>): string =>
  `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${valueOf(value, before[key])}`).join(',')}}`;

function valueOf(value: JsonTree, before: unknown): string {
  if (typeof value === 'string') return value;
  const known = isMap(before) ? before : {};
  const gone = Object.keys(known).filter((key) => !value.has(key));
  return patchOf(new Map([...value, ...gone.map((key) => [key, 'null'] as const)]), known);
}
