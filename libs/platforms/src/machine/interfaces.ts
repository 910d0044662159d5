import type { Json, JsonMap } from '#kernel';
import { isMap } from '#platform';
import { MacsEffect } from '#platform/server';
import type { CallContext } from '#tscript';
import { ExecutionError, ParameterError } from '#tscript';
import { foundationValue } from './connection-of.ts';

/** A network interface of the foundation at hand. */
export interface FoundationInterface {
  readonly name: string;
  readonly physicalLocation: string;
  /** Name of the network it is attached to. */
  readonly network: string;
  /** Addresses of the structure that are on it, the one that is no alias first. */
  readonly addresses: readonly JsonMap[];
}

/** The network interfaces of the foundation at hand, by their physical location. */
export function interfacesOf(context: Pick<CallContext, 'read'>): readonly FoundationInterface[] {
  const list = foundationValue(context, 'interface_list') as readonly JsonMap[];
  return list.map(({ name, physical_location: physicalLocation, network_name: network, address_list: addresses }) => ({
    name: String(name as string),
    physicalLocation: String(physicalLocation as string),
    network: String((network ?? '') as string),
    addresses: (Array.isArray(addresses) ? addresses : []) as readonly JsonMap[],
  }));
}

/** A call that asks for the MACs of a machine. */
export interface MappingInterfaces<Id> {
  /** How the machine is reached, and what it is known by, as it was when the call began. */
  readonly id: Id;
  /** Physical locations of the interfaces of the foundation, in their order. */
  readonly locations: readonly string[];
  readonly macs: readonly string[] | null;
}

export interface InterfaceMapOptions<Id, R> {
  readonly id: (context: CallContext) => Id;
  /** Makes the task. */
  readonly send: (id: Id) => R;
}

/**
 * The stages of `get_interface_map`: the first interface of the machine is the first of the foundation by physical location,
 * and so on. Its value is a map of MACs by physical location; MACs beyond that are left out, and too few are an error.
 */
export const interfaceMap = <Id, R>({ id, send }: InterfaceMapOptions<Id, R>) => ({
  setup: (_: object, context: CallContext): MappingInterfaces<Id> => ({
    id: id(context),
    locations: interfacesOf(context).map(({ physicalLocation }) => physicalLocation),
    macs: null,
  }),
  done: ({ locations, macs }: MappingInterfaces<Id>): boolean => macs !== null && macs.length >= locations.length,
  run(state: MappingInterfaces<Id>): MappingInterfaces<Id> {
    const { locations, macs } = state;
    if (macs === null) return state;
    const text = `the machine has ${macs.length} interfaces, and the foundation has ${locations.length}`;
    throw new ExecutionError(text).keeping({ ...state, macs: null });
  },
  message: (): string => 'Waiting for the MACs of the machine',
  task: ({ id: of }: MappingInterfaces<Id>): R => send(of),
  receive: {
    get_interface_map: (
      state: MappingInterfaces<Id>,
      { interface_list: macs }: { readonly interface_list: readonly string[] },
    ): MappingInterfaces<Id> => ({ ...state, macs }),
  },
  value: ({ locations, macs }: MappingInterfaces<Id>): Readonly<Record<string, string>> =>
    Object.fromEntries(locations.map((location, n) => [location, macs?.[n] ?? ''])),
});

/** A MAC as platforms write it: with colons, without, or in groups of four digits. */
const MAC = /^(?:[\da-f]{2}(?::[\da-f]{2}){5}|[\da-f]{12}|[\da-f]{4}(?:\.[\da-f]{4}){2})$/i;

/** `set_interface_macs`: the interfaces of the foundation get these MACs, by physical location. */
export function setInterfaceMacs(
  { interface_map: given }: { readonly interface_map: Json },
  context: CallContext,
): null {
  if (!isMap(given)) throw new ParameterError('interface_map', 'must be a map');
  const known = interfacesOf(context).map(({ physicalLocation }) => physicalLocation);
  const macs = Object.entries(given).map(([location, mac]) => {
    if (!known.includes(location)) {
      throw new ParameterError('interface_map', `the foundation has no interface "${location}"`);
    }
    if (typeof mac !== 'string' || !MAC.test(mac)) {
      throw new ParameterError('interface_map', `"${String(mac)}", of "${location}", is no MAC`);
    }
    return [location, mac] as const;
  });
  context.effect(new MacsEffect(Object.fromEntries(macs)));
  return null;
}
