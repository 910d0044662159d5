import { network } from '#ipam';
import type { JsonMap, UnitOfWork } from '#kernel';
import { writeJson } from '#kernel';
import type { Ids } from '#read-store';
import { defineRealInterface, macFrom } from './define-real-interface.ts';
import { MAX_INTERFACES } from './foundation-interfaces.ts';
import type { RealInterface } from './real-interface.ts';

const FIELD = 'interface_map_list';

/** The network of an interface that names none. */
const DEFAULT_NETWORK = 1;

/** A value that old clients may send as text too. */
const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;

/** One of the maps that say which interfaces a foundation shall have, and what it says where it leaves something out. */
function readMap(work: UnitOfWork, map: JsonMap, { first, location }: { first: boolean; location: string }) {
  const textAt = (key: string): string | null => {
    const value = map[key];
    if (typeof value === 'string' && value !== '') return value;
    if (value !== undefined && value !== null && value !== '') work.fault(key, 'INVALID', 'must be text');
    return null;
  };
  const flag = map['is_provisioning'] ?? first;
  if (typeof flag !== 'boolean') work.fault('is_provisioning', 'INVALID', 'must be true or false');
  const physicalLocation = textAt('physical_location') ?? location;
  return {
    name: textAt('name') ?? physicalLocation,
    physicalLocation,
    network: asNumber(map['network_id'] ?? DEFAULT_NETWORK),
    mac: macFrom(work, textAt('mac')),
    provisioning: flag === true,
    linkName: textAt('link_name'),
  };
}

const MAX_NAME = 20;
const MAX_LOCATION = 100;

/** What the fields of the model say of their length, for values that come another way. */
function checkLengths(
  work: UnitOfWork,
  { name, physicalLocation, linkName }: Pick<RealInterface, 'name' | 'physicalLocation' | 'linkName'>,
): void {
  const check = (key: string, value: string | null, most: number): void => {
    if (value !== null && value.length > most) {
      work.fault(key, 'TOO_LONG', `must be at most ${most} characters long`);
    }
  };
  check('name', name, MAX_NAME);
  check('physical_location', physicalLocation, MAX_LOCATION);
  check('link_name', linkName, MAX_LOCATION);
}

/** The foundation whose interfaces are made. */
interface Carried {
  readonly foundation: string;
  /** What its blueprint calls its interfaces by, in their order. */
  readonly names: readonly string[];
  /** The sites whose networks may be used; undefined: all. */
  readonly sites: readonly string[] | undefined;
}

/** The id of a network that is there and may be used; undefined where it is not, which is then a fault. */
async function networkFrom(work: UnitOfWork, id: unknown, { sites }: Carried): Promise<number | undefined> {
  const found = typeof id === 'number' ? await work.load(network, id) : undefined;
  const usable = found?.stage === 'active' && (sites === undefined || sites.includes(found.value.site));
  if (typeof id === 'number' && usable) return id;
  work.fault('network_id', 'UNKNOWN', `Network "${writeJson(id)}" not found`);
  return undefined;
}

/** Makes the interfaces of a new foundation, in the order of the maps that say what they are. */
export async function defineInterfaces(
  work: UnitOfWork,
  ids: Pick<Ids, 'next'>,
  maps: readonly JsonMap[],
  carried: Carried,
): Promise<void> {
  if (maps.length > MAX_INTERFACES) {
    work.fault(FIELD, 'TOO_MANY', `a foundation has at most ${MAX_INTERFACES} interfaces`);
    return;
  }
  for (const [n, map] of maps.entries()) {
    const faults = await work.faultsOf(async () => {
      const { network: of, ...read } = readMap(work, map, { first: n === 0, location: carried.names[n] ?? `eth${n}` });
      checkLengths(work, read);
      const its = await networkFrom(work, of, carried);
      if (its === undefined) return;
      const value = { ...read, network: its, foundation: carried.foundation, pxe: null };
      await defineRealInterface(work, await ids.next('networkInterface'), value);
    });
    for (const { field, code, text } of faults) {
      const at = field === '' || field === '__all__' ? undefined : field;
      const path = at === undefined ? String(n) : `${n}.${at}`;
      work.fault(FIELD, code, `interface ${n}: ${at === undefined ? '' : `${at}: `}${text}`, path);
    }
  }
}
