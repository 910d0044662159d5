import { addressBlocks, addresses, networkAddressBlocks, networks } from '#ipam';
import type { ReadModel, View } from '#read-store';
import { foundations } from '../src/foundations.ts';
import { logicalInterfaces } from '../src/interface/logical-interfaces.ts';
import { realInterfaces } from '../src/interface/real-interfaces.ts';
import { structures } from '../src/structure/structures.ts';
import { foundationRow, structureRow, viewOfRows } from './view-of-rows.ts';

const GIVEN = { since: '2026-01-01T00:00:00.000000+00:00', position: '3', actor: 'root' };

/** What can be put, and what a row has unless it is said. */
const KINDS = {
  interfaces: [
    realInterfaces,
    (id: number) => ({
      foundation: 'host1',
      name: 'eth0',
      physicalLocation: 'port0',
      network: 1,
      mac: null,
      provisioning: false,
      linkName: null,
      pxe: null,
      updated: `interface ${id}`,
    }),
  ],
  logical: [
    logicalInterfaces,
    (id: number) => ({
      kind: 'Abstract',
      structure: 1,
      name: `br${id}`,
      network: 1,
      primary: null,
      secondaries: [],
      parameters: {},
      updated: `logical ${id}`,
    }),
  ],
  addresses: [
    addresses,
    () => ({
      kind: 'Address',
      block: 1,
      offset: '10',
      holder: 1,
      interfaceName: 'eth0',
      aliasIndex: null,
      pointer: null,
      primary: false,
      given: GIVEN,
    }),
  ],
  networks: [networks, (id: number) => ({ name: `net${id}`, site: 'site1', mtu: null, links: [] })],
  blocks: [addressBlocks, (id: number) => ({ subnet: `10.0.${id - 1}.0`, prefix: 24, gatewayOffset: '1' })],
  links: [networkAddressBlocks, () => ({ network: 1, block: 1, vlan: null })],
} as const satisfies Readonly<Record<string, readonly [Pick<ReadModel, 'name'>, (id: number) => object]>>;

type Kind = keyof typeof KINDS;

/** The structure 1 on the foundation `host1`, the network 1, the block 1, and what a test puts beside them; every change is a new row. */
export class Installation {
  readonly #rows: Readonly<Record<Kind, Map<number, object>>> = {
    interfaces: new Map(),
    logical: new Map(),
    addresses: new Map(),
    networks: new Map(),
    blocks: new Map(),
    links: new Map(),
  };
  readonly #structure = { 1: structureRow('web1', { foundation: 'host1', configValues: [], origins: {} }) };
  readonly #foundation = { host1: foundationRow({ structure: 1, idMap: null, type: 'Box' }) };

  constructor() {
    this.put('networks', 1, {});
    this.put('blocks', 1, {});
  }

  put(kind: Kind, id: number, values: object): void {
    this.#rows[kind].set(id, { ...KINDS[kind][1](id), ...this.#rows[kind].get(id), ...values });
  }

  delete(kind: Kind, id: number): void {
    this.#rows[kind].delete(id);
  }

  get view(): View {
    const kinds = Object.keys(KINDS) as Kind[];
    return viewOfRows([
      [structures as unknown as ReadModel<never>, this.#structure],
      [foundations as unknown as ReadModel<never>, this.#foundation],
      ...kinds.map((kind): readonly [ReadModel<never>, Readonly<Record<string, object>>] => [
        KINDS[kind][0] as unknown as ReadModel<never>,
        Object.fromEntries(this.#rows[kind]),
      ]),
    ]);
  }

  /** Does one thing, or nothing. @param upTo gives a number from 0 up to below one */
  changeAnything(upTo: (count: number) => number): void {
    const id = upTo(3) + 1;
    const one = upTo(2) === 0;
    const changes: readonly (() => void)[] = [
      () => this.put('interfaces', id, { name: `eth${upTo(3)}`, provisioning: one }),
      () => this.put('interfaces', id, { mac: `00:00:00:00:00:0${upTo(3)}`, network: upTo(3) + 1 }),
      () => this.put('interfaces', id, { foundation: one ? 'host1' : 'host2', physicalLocation: `port${upTo(3)}` }),
      () => this.delete('interfaces', id),
      () => this.put('logical', id + 10, { kind: 'Aggregated', primary: id, secondaries: [upTo(3) + 11] }),
      () => this.put('logical', id + 10, { name: `bond${upTo(3)}`, structure: one ? 1 : 2 }),
      () => this.put('logical', id + 10, { network: upTo(3) + 1, parameters: { mode: upTo(3) } }),
      () => this.delete('logical', id + 10),
      () => this.put('addresses', id, { offset: String(upTo(3) + 10), block: upTo(3) + 1, pointer: null }),
      () => this.put('addresses', id, { offset: null, block: null, pointer: one ? 4 : upTo(3) + 1 }),
      () => this.put('addresses', 4, { holder: 2, offset: String(upTo(9) + 100), interfaceName: 'eth9' }),
      () => this.put('addresses', id, { holder: one ? 1 : 2, primary: upTo(2) === 0 }),
      () => this.put('addresses', id, { interfaceName: `eth${upTo(3)}`, aliasIndex: upTo(3) || null }),
      () => this.delete('addresses', id),
      () => this.put('networks', id, { name: `net${upTo(9)}`, mtu: one ? null : 1500 + upTo(3) }),
      () => this.put('networks', id, { links: one ? [] : [{ link: upTo(3) + 1, block: upTo(3) + 1 }] }),
      () => this.delete('networks', id),
      () => this.put('blocks', id, { subnet: `10.0.${upTo(9)}.0`, gatewayOffset: one ? null : String(upTo(3) + 1) }),
      () => this.put('blocks', id, { prefix: 24 + upTo(3) }),
      () => this.delete('blocks', id),
      () => this.put('links', id, { vlan: one ? null : upTo(3) + 1 }),
      () => this.delete('links', id),
      () => undefined,
      () => undefined,
      () => undefined,
    ];
    changes[upTo(changes.length)]?.();
  }
}
