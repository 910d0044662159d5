import { createHash } from 'node:crypto';
import type { Json, JsonMap } from '#kernel';
import { writeJson } from '#kernel';

/** What kind of machine a report is of: the same for all of one make and fitting. */
export interface Fingerprint {
  readonly cpus: number | null;
  readonly sockets: number | null;
  /** Rounded to a quarter of a GiB: firmware takes a little of it, not always the same. */
  readonly memory_mib: number | null;
  readonly pci: readonly string[];
  readonly disks: readonly string[];
  readonly interfaces: number;
  /** Sixteen hexadecimal digits, which stand for all of the above. */
  readonly id: string;
}

/** How many parts of a kind are looked at, and how much of what one says. */
const MAX_PARTS = 256;
const MAX_TEXT = 120;
const MEMORY_STEP_MIB = 256;

/** What tells a part from others of its make, or says where it is, in letters alone. */
const OWN =
  /^(?:serial|serialnumber|wwn|uuid|mac|address|slot|name|device|devname|path|handle|location|locator|bus|id)$/;
/** Of PCI devices, `device` and `id` say of what make they are. */
const OWN_PCI = /^(?:serial|serialnumber|address|slot|handle|location|bus|mac|name|driver|irq)$/;

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (map: JsonMap, key: string): Json | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);
const numberAt = (map: JsonMap, key: string): number | null => {
  const value = at(map, key);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

/** The parts under a key, be they in a list or by name, each in words without what is its own. */
function partsAt(map: JsonMap, key: string, own: RegExp): readonly string[] {
  const value = at(map, key);
  const entries = Array.isArray(value) ? (value as readonly Json[]) : isMap(value) ? Object.values(value) : [];
  return entries
    .slice(0, MAX_PARTS)
    .map((entry) => describe(entry, own))
    .toSorted();
}

function describe(entry: Json, own: RegExp): string {
  if (!isMap(entry)) return writeJson(entry).slice(0, MAX_TEXT);
  const shared = Object.entries(entry)
    .filter(([name, value]) => !own.test(name.toLowerCase().replace(/[^a-z]/g, '')) && !isNested(value))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : writeJson(value)}`)
    .toSorted();
  return shared.join(' ').slice(0, MAX_TEXT);
}

const isNested = (value: Json): boolean => typeof value === 'object' && value !== null;

/** What kind of machine a report is of. */
export function fingerprintOf(infoMap: JsonMap): Fingerprint {
  const hardware = at(infoMap, 'hardware');
  const of = isMap(hardware) ? hardware : {};
  const memory = numberAt(of, 'total_ram');
  const network = at(infoMap, 'network');
  const parts = {
    cpus: numberAt(of, 'total_cpu_count'),
    sockets: numberAt(of, 'total_cpu_sockets'),
    memory_mib: memory === null ? null : Math.round(memory / MEMORY_STEP_MIB) * MEMORY_STEP_MIB,
    pci: partsAt(of, 'pci', OWN_PCI),
    disks: partsAt(infoMap, 'disks', OWN),
    interfaces: isMap(network) ? Object.keys(network).length : 0,
  };
  return { ...parts, id: createHash('sha256').update(writeJson(parts)).digest('hex').slice(0, 16) };
}
