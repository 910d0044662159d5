import type { FoundationResource } from '#building';
import { complexFor, structure } from '#building';
import type { Holders } from '#ipam';
import { address, addressesOfHost, definePointer, holderAddresses, removeAddress } from '#ipam';
import type { Json, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { MappedPort } from '#platform/server';
import { PortsEffect } from '#platform/server';
import type { Ids } from '#read-store';
import { complexPorts } from './complex-ports.ts';
import { dockerPort } from './docker-port.ts';
import { DOCKER, usePort } from './place-port.ts';

/** So many free ports are shown to a script: more than any container has. */
const MAX_SHOWN = 250;
/** The interface of a container that it is reached at. */
const INTERFACE = 'eth0';
/** The values in the configuration of the structure: all ports, and the one that answers when the container is up. */
const MAP_KEY = 'docker_port_map';
const CHECK_KEY = 'docker_check_port';

type Pairs = readonly (readonly [string, Json])[];

/** Where a foundation is, and what stands on it. */
interface Place {
  readonly locator: string;
  readonly complex: string;
  readonly structure: number | undefined;
}

/**
 * The ports of containers, for the scripts of their foundations: which they have and which are free, and what is done when
 * they choose some. The structure gets the address of the host and says the ports in its configuration.
 */
export const mappedPorts = (ids: Ids, holders: Holders): FoundationResource => ({
  type: DOCKER,

  async values(work, locator, { complex }) {
    const ports = [...(await work.load(complexPorts, complex ?? ''))].map(([id, use]) => ({ id, ...use }));
    const shown = ({ id, port, index }: (typeof ports)[number]) => ({ id, port, index });
    const taken = ports.filter(({ foundation }) => foundation === locator);
    const free = ports.filter(({ foundation }) => foundation === null).toSorted((one, other) => one.id - other.id);
    return { docker_ports: { taken: taken.map(shown), free: free.slice(0, MAX_SHOWN).map(shown) } };
  },

  async applyEffects(work, locator, { complex, structure: on }, effects) {
    const place: Place = { locator, complex: complex ?? '', structure: on };
    for (const effect of effects) {
      if (!(effect instanceof PortsEffect)) continue;
      await mapPorts(work, place, effect.ports ?? []);
      await setAddress(work, place, effect.ports?.[0], { ids, holders });
      await setConfig(work, place, effect.ports);
      work.throwIfFaulted();
    }
  },
});

/** Has these ports, and no others, lead to the foundation, in their order. */
async function mapPorts(work: UnitOfWork, { locator, complex }: Place, wanted: readonly MappedPort[]): Promise<void> {
  const before = await work.load(complexPorts, complex);
  const stays = (id: number, index: number): boolean => {
    const use = before.get(id);
    return use?.foundation === locator && use.index === index;
  };
  const leaving = [...before].filter(([id, use]) => use.foundation === locator && wanted[use.index]?.id !== id);
  for (const [id] of leaving) await usePort(work, id, { foundation: null, foundationIndex: 0 });
  for (const [index, { id }] of wanted.entries()) {
    if (!stays(id, index)) await usePort(work, id, { foundation: locator, foundationIndex: index });
  }
}

/** Gives the structure the address that its first port is at; without ports it has none. */
async function setAddress(
  work: UnitOfWork,
  place: Place,
  first: MappedPort | undefined,
  { ids, holders }: { readonly ids: Ids; readonly holders: Holders },
): Promise<void> {
  const { structure: on } = place;
  if (on === undefined) {
    if (first === undefined) return;
    throw refuse(
      '',
      'NO_STRUCTURE',
      `no structure stands on the foundation "${place.locator}": its ports lead nowhere`,
    );
  }
  const pointer = first && (await addressOfPort(work, place, first));
  const there = [...(await work.load(holderAddresses, on)).values()];
  for (const held of there.filter(({ interfaceName }) => interfaceName === INTERFACE)) {
    const found = await work.load(address, held.address);
    if (!('value' in found) || found.value.pointer === null) continue;
    if (found.value.pointer === pointer) return;
    await removeAddress(work, held.address);
  }
  if (pointer === undefined) return;
  const id = await ids.next('address');
  await definePointer(work, id, { holder: on, interfaceName: INTERFACE, pointer, primary: true }, holders);
}

/** The address of the host that a port is at. @throws Refusal where there is none */
async function addressOfPort(work: UnitOfWork, { complex: name }: Place, { id, port }: MappedPort): Promise<number> {
  const found = await work.load(dockerPort, id);
  const offset = 'value' in found ? found.value.addressOffset : 0;
  const host = (await complexFor(work, 'complex', name))?.members[0]?.structure;
  const addresses = host === undefined ? [] : await addressesOfHost(work, host);
  const at = addresses[offset];
  if (at !== undefined) return at;
  const has = host === undefined ? 'which has none' : `structure ${host}, which has ${addresses.length} addresses`;
  throw refuse(
    '',
    'NO_ADDRESS',
    `port ${port} (${id}) is at address ${offset} of the host of complex "${name}", ${has}`,
  );
}

/** Says the ports in the configuration of the structure; null: nothing of them. */
async function setConfig(
  work: UnitOfWork,
  { structure: on }: Place,
  ports: readonly MappedPort[] | null,
): Promise<void> {
  const found = on === undefined ? undefined : await work.load(structure, on);
  if (on === undefined || !found || !('value' in found)) return;
  const before: Pairs = found.value.configValues;
  const said: Pairs =
    ports === null
      ? []
      : [
          [MAP_KEY, Object.fromEntries(ports.map(({ container, port }) => [container, port]))],
          [CHECK_KEY, ports[0]?.port ?? null],
        ];
  const configValues = [...before.filter(([key]) => key !== MAP_KEY && key !== CHECK_KEY), ...said];
  await work.decide(structure, on, { type: 'ChangeStructure', data: { configValues } });
}
