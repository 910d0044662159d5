import { parseMac } from '#ipam';
import type { Json, JsonMap } from '#kernel';

/** How many leaves of a report are looked at for what tells a machine from others. */
const MAX_LEAVES = 2000;
/** How many interfaces a machine is known by. */
const MAX_MACS = 32;

/** What firmware says where nobody has told it, in small letters and digits alone. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'na',
  'none',
  'null',
  'empty',
  'invalid',
  'unknown',
  'undefined',
  'unspecified',
  'default',
  'defaultstring',
  'oem',
  'filledbyoem',
  'tobefilledbyoem',
  'serialnumber',
  'systemserialnumber',
  'baseboardserialnumber',
  'chassisserialnumber',
  '0123456789',
  '123456789',
  '1234567890',
  '123456789abcdef',
  '0123456789abcdef',
]);
/** UUIDs that makers of boards have put into all of them. */
const SHARED_UUIDS: ReadonlySet<string> = new Set([
  '03000200040005000006000700080009',
  '030201000504070608090a0b0c0d0e0f',
  '000102030405060708090a0b0c0d0e0f',
  '10000000000080000040000000000000',
  'fefefefefefefefefefefefefefefefe',
  'deadbeefdeadbeefdeadbeefdeadbeef',
]);
/** What dmidecode says of what is not there: `Not Settable`. */
const NOT = /^not /i;

/** Whether a text tells no machine from another. */
function tellsNothing(text: string): boolean {
  const bare = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return NOT.test(text) || PLACEHOLDERS.has(bare) || SHARED_UUIDS.has(bare) || /^(.?)\1*$/u.test(bare);
}

/** By the kind of an identity: what the path to it is like, in letters alone. A chassis is that of several blades. */
const PATHS: readonly (readonly [string, RegExp])[] = [
  ['serial', /^(?:hardware)?(?:dmi)?(?:system(?:information)?)?serial(?:number|no)?$/],
  ['board', /^(?:hardware)?(?:dmi)?(?:baseboard|board|motherboard)(?:information)?serial(?:number|no)?$/],
  ['uuid', /^(?:hardware)?(?:dmi)?(?:system(?:information)?)?uuid$/],
];

/**
 * What tells a machine from all others, of what it reports: the serial numbers of its system and main board, its UUID and
 * its MACs, the surest one first, each with its kind (`serial:4X1`, `mac:00:11:22:33:44:55`). Not those of parts that
 * move from machine to machine.
 */
export function identitiesOf(report: JsonMap | null): readonly string[] {
  if (report === null) return [];
  const found = new Map(PATHS.map(([kind]) => [kind, new Set<string>()] as const));
  for (const [path, value] of leavesOf(report)) {
    const text = value.trim();
    const kind = PATHS.find(([, pattern]) => pattern.test(path))?.[0];
    if (kind !== undefined && text.length >= 3 && text.length <= 100 && !tellsNothing(text)) {
      found.get(kind)?.add(`${kind}:${kind === 'uuid' ? text.toLowerCase() : text}`);
    }
  }
  return [...[...found.values()].flatMap((some) => [...some]), ...macsOf(report).map((mac) => `mac:${mac}`)];
}

/** The MACs of the interfaces that a report tells of, as they are kept. */
function macsOf(report: JsonMap): readonly string[] {
  const network = Object.hasOwn(report, 'network') ? report['network'] : undefined;
  if (typeof network !== 'object' || network === null || Array.isArray(network)) return [];
  const macs = Object.values(network as JsonMap).flatMap((one: Json) => {
    const mac = typeof one === 'object' && one !== null && !Array.isArray(one) ? (one as JsonMap)['mac'] : undefined;
    return (typeof mac === 'string' && !tellsNothing(mac) && parseMac(mac)) || [];
  });
  return [...new Set(macs)].slice(0, MAX_MACS);
}

/** The texts in a report, each with the path to it in letters alone; where it stands in a list is left out. */
function leavesOf(report: JsonMap): readonly (readonly [string, string])[] {
  const leaves: (readonly [string, string])[] = [];
  const walk = (path: string, value: Json, depth: number): void => {
    if (leaves.length >= MAX_LEAVES || depth > 8) return;
    if (typeof value === 'string') leaves.push([path, value]);
    else if (Array.isArray(value)) for (const one of value as readonly Json[]) walk(path, one, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value as JsonMap)) {
        // What is on a bus or in a slot may move to another machine.
        if (depth > 0 || ['hardware', 'dmi'].includes(name) || typeof one === 'string') {
          walk(path + name.toLowerCase().replace(/[^a-z]/g, ''), one, depth + 1);
        }
      }
    }
  };
  walk('', report, 0);
  return leaves;
}
