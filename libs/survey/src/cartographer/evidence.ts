import { identitiesOf } from '#building';
import type { Json, JsonMap } from '#kernel';

/** What a report says that may tell which foundation a machine is. */
export interface Evidence {
  readonly kind: 'config_uuid' | 'link' | 'ip_address' | 'identity';
  /** What is looked for. */
  readonly value: string;
  /** How it is told that a machine was found by it. */
  readonly how: string;
}

/** How many interfaces of a report are looked at. */
const MAX_INTERFACES = 250;

/** A text or number as text; what is missing, empty or anything else counts as absent. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const mapAt = (map: JsonMap, key: string): JsonMap | undefined => {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
};
const textAt = (map: JsonMap, key: string): string | undefined =>
  Object.hasOwn(map, key) ? textOf(map[key]) : undefined;

/** The names a port of a switch may have as the link of an interface: by its MAC, then by its name. */
export function linkNames(neighbour: JsonMap): readonly (readonly ['mac' | 'name', string])[] {
  const port = ['slot', 'port', 'subport'].map((key) => textAt(neighbour, key));
  if (port.includes(undefined)) return [];
  return (['mac', 'name'] as const).flatMap((by) => {
    const of = textAt(neighbour, by);
    return of === undefined ? [] : [[by, [of, ...port].join('-')] as const];
  });
}

/** What a report says of which foundation a machine is, the surest first. Keys that are missing say nothing. */
export function evidenceIn(infoMap: JsonMap): readonly Evidence[] {
  const uuid = textAt(infoMap, 'config_uuid');
  const ip = textAt(infoMap, 'ip_address');
  const neighbours = Object.entries(mapAt(infoMap, 'lldp') ?? {}).slice(0, MAX_INTERFACES);
  return [
    ...(uuid === undefined ? [] : [{ kind: 'config_uuid', value: uuid, how: 'config_uuid' } as const]),
    ...neighbours.flatMap(([name, neighbour]): Evidence[] =>
      typeof neighbour === 'object' && neighbour !== null && !Array.isArray(neighbour)
        ? linkNames(neighbour as JsonMap).map(([by, value]) => ({ kind: 'link', value, how: `lldp ${by}: "${name}"` }))
        : [],
    ),
    ...(ip === undefined ? [] : [{ kind: 'ip_address', value: ip, how: `ip_address: "${ip}"` } as const]),
    ...identitiesOf(infoMap).map((value): Evidence => {
      const colon = value.indexOf(':');
      return { kind: 'identity', value, how: `${value.slice(0, colon)}: "${value.slice(colon + 1)}"` };
    }),
  ];
}

/** The foundations that an evidence speaks for, by locator. */
export type FindFoundations = (evidence: Evidence) => Promise<readonly string[]>;

/** What came of looking: a foundation, or why there is none. */
export type Looked =
  | { readonly locator: string; readonly how: string }
  | { readonly locator: undefined; readonly reason: string | undefined };

/**
 * Looks which foundation a machine is: the first evidence that speaks for one alone counts. One that speaks for several
 * says nothing, and where a `config_uuid` is that of nobody, nothing else is looked at.
 */
export async function lookFor(evidence: readonly Evidence[], find: FindFoundations): Promise<Looked> {
  let reason: string | undefined;
  for (const one of evidence) {
    const found = [...new Set(await find(one))];
    if (found.length === 1) return { locator: found[0] ?? '', how: one.how };
    if (one.kind === 'config_uuid') {
      return { locator: undefined, reason: `no structure has the config_uuid "${one.value}"` };
    }
    if (found.length > 1) reason ??= `several foundations have the same ${one.how}`;
  }
  return { locator: undefined, reason };
}
