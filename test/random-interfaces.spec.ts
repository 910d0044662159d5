import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { pxes } from '#blueprint';
import { foundations, interfaceNamed, interfacesOf, logicalInterfaces, realInterfaces, structures } from '#building';
import type { NamedCommand } from '#event-store';
import { CommandContext } from '#event-store';
import { addressBlocks, addresses, networks } from '#ipam';
import type { Key, ReadModel } from '#read-store';
import type { TestModules } from '#testing';
import { startModules } from '#testing';
import { CreatePxe, DeletePxe } from '../libs/blueprint/src/pxe.commands.ts';
import { CreateFoundationBluePrint, CreateStructureBluePrint } from '../libs/blueprint/src/blueprint.commands.ts';
import { CreateCarriedFoundation, CreateComplex } from '../libs/building/src/complex/complex.commands.ts';
import { CreateFoundation, DeleteFoundation } from '../libs/building/src/foundation.commands.ts';
import {
  ChangeAbstractInterface,
  ChangeAggregatedInterface,
  CreateAbstractInterface,
  CreateAggregatedInterface,
  DeleteLogicalInterface,
} from '../libs/building/src/interface/logical-interface.commands.ts';
import {
  ChangeRealInterface,
  CreateRealInterface,
  DeleteRealInterface,
} from '../libs/building/src/interface/real-interface.commands.ts';
import { membersOf } from '../libs/building/src/interface/structure-interfaces.ts';
import {
  ChangeNetworked,
  CreateNetworked,
  DeleteNetworked,
} from '../libs/building/src/networked/networked.commands.ts';
import { networkeds } from '../libs/building/src/networked/networkeds.ts';
import {
  ChangeStructure,
  CreateStructure,
  DeleteStructure,
} from '../libs/building/src/structure/structure.commands.ts';
import { AllocateAddress } from '../libs/ipam/src/address/address.commands.ts';
import { usedOffsets } from '../libs/ipam/src/address/used-offsets.ts';
import { CreateAddressBlock } from '../libs/ipam/src/block/address-block.commands.ts';
import { subnetOfBlock } from '../libs/ipam/src/block/address-block.ts';
import { CreateNetwork, DeleteNetwork } from '../libs/ipam/src/network/network.commands.ts';
import { CreateSite } from '../libs/site/src/site.commands.ts';
import { buildingModules } from './building-modules.ts';
import { sendAtOnce } from './send-at-once.ts';

jest.setTimeout(600_000);

let modules: TestModules;
beforeAll(async () => {
  modules = await startModules({
    imports: [...buildingModules()],
  });
  for (const name of SITES) {
    await send(new CreateSite({ name, description: 'a site', zone: null, parent: null, config_values: {} }));
  }
  for (const [n, subnet] of ['10.0.0.0', '10.0.1.0', '2001:db8::'].entries()) {
    const prefix = subnet.includes(':') ? 124 : 28;
    await send(new CreateAddressBlock({ name: `b${n}`, site: SITES[n % 2]!, subnet, prefix, gateway_offset: null }));
  }
  const common = { description: 'x', config_values: {}, config_schema: {}, parent_list: [] };
  await send(
    new CreateFoundationBluePrint({
      ...common,
      name: 'test-foundation-base',
      foundation_type_list: ['Test', 'TestComplex'],
      validation_template: {},
      physical_interface_names: ['a', 'b'],
    }),
  );
  await send(
    new CreateStructureBluePrint({ ...common, name: 'web', foundation_blueprint_list: ['test-foundation-base'] }),
  );
  const complex = { name: 'carrier', site: 'site1', description: 'x', built_percentage: 90, members: [] };
  await send(new CreateComplex('Test', [], complex as never));
});
afterAll(() => modules.stop());

const send = <R>(command: NamedCommand<R>) =>
  modules.gateway.execute(command, CommandContext.system(modules.clock.now(), randomUUID()));

const SITES = ['site1', 'site2'];
const id = fc.integer({ min: 0, max: 11 });
const site = fc.constantFrom(...SITES);
const name = fc.constantFrom('a', 'b', 'c');
const flag = fc.boolean();
const pxe = fc.constantFrom('boot1', 'boot2', 'boot3', 'boot4');
const ids = fc.array(id, { maxLength: 3 });

/** The objects there are, as a turn begins. */
const known = {
  foundations: [] as readonly Key[],
  structures: [] as readonly Key[],
  networkeds: [] as readonly Key[],
  networks: [] as readonly Key[],
  reals: [] as readonly Key[],
  logicals: [] as readonly Key[],
};
/** One of them, or, now and then, one that there is not. */
const one = (kind: keyof typeof known, n: number): Key => known[kind][n % (known[kind].length + 1)] ?? 999_999;
const num = (kind: keyof typeof known, n: number): number => Number(one(kind, n));
/** The interfaces of each structure and of its foundation. */
let owned: ReadonlyMap<number, readonly { readonly id: number }[]> = new Map();
/** One of those of a structure; now and then, any other. */
const part = (structure: number, n: number): number => {
  const own = owned.get(structure) ?? [];
  return own[n % (own.length + 1)]?.id ?? num(n % 2 === 0 ? 'logicals' : 'reals', n);
};
const parts = (structure: number, primary: number, secondaries: readonly number[]) => ({
  primary_interface: part(structure, primary),
  secondary_interfaces: secondaries.map((n) => part(structure, n)),
});
/** The structure of each logical interface. */
let structureOf: ReadonlyMap<number, number> = new Map();
const locator = (n: number) => `host${n}`;

const often = <T>(times: number, made: T): T[] => Array.from({ length: times }, () => made);

/** What may be wanted. */
const commands: fc.Arbitrary<() => NamedCommand<unknown>> = fc.oneof(
  ...often(
    3,
    fc.tuple(id, site).map(([n, at]) => () => {
      const values = { locator: locator(n), site: at, blueprint: 'test-foundation-base', id_map: null };
      return new CreateFoundation('Test', [], { ...values, labels: {}, owner: null });
    }),
  ),
  fc.tuple(id, site, fc.array(fc.tuple(id, flag), { maxLength: 2 })).map(
    ([n, at, maps]) =>
      () =>
        new CreateCarriedFoundation(
          'carrier',
          `vm${n}`,
          at,
          maps.map(([network, first]) => ({ network_id: num('networks', network), is_provisioning: first })),
        ),
  ),
  id.map((n) => () => new DeleteFoundation([one('foundations', n)])),
  ...often(
    3,
    fc.tuple(id, id, site).map(([n, on, at]) => () => {
      const values = { hostname: `web${n}`, site: at, blueprint: 'web', foundation: String(one('foundations', on)) };
      return new CreateStructure({ ...values, config_values: {}, labels: {}, owner: null });
    }),
  ),
  ...often(
    2,
    fc.tuple(id, id).map(
      ([n, on]) =>
        () =>
          new ChangeStructure(one('structures', n), { foundation: String(one('foundations', on)) }),
    ),
  ),
  fc.tuple(id, site).map(
    ([n, at]) =>
      () =>
        new ChangeStructure(one('structures', n), { site: at }),
  ),
  id.map((n) => () => new DeleteStructure([one('structures', n)])),
  fc.tuple(id, site).map(
    ([n, at]) =>
      () =>
        new CreateNetworked({ hostname: `web${n}`, site: at }),
  ),
  fc.tuple(id, site).map(
    ([n, at]) =>
      () =>
        new ChangeNetworked(one('networkeds', n), { site: at }),
  ),
  id.map((n) => () => new DeleteNetworked([one('networkeds', n)])),
  ...often(
    2,
    fc.tuple(name, site).map(
      ([called, at]) =>
        () =>
          new CreateNetwork({ name: called, site: at, mtu: null, address_block_list: [] }),
    ),
  ),
  ...often(
    2,
    id.map((n) => () => new DeleteNetwork([num('networks', n)])),
  ),
  ...often(
    4,
    fc.tuple(id, name, name, id, flag, fc.option(pxe, { freq: 2 })).map(
      ([on, called, at, network, first, boots]) =>
        () =>
          new CreateRealInterface({
            foundation: String(one('foundations', on)),
            name: called,
            physical_location: at,
            network: num('networks', network),
            mac: null,
            is_provisioning: first,
            link_name: null,
            pxe: boots,
          }),
    ),
  ),
  fc.tuple(id, name, id, flag).map(
    ([n, called, network, first]) =>
      () =>
        new ChangeRealInterface(num('reals', n), {
          name: called,
          network: num('networks', network),
          is_provisioning: first,
        }),
  ),
  fc.tuple(id, id).map(
    ([n, on]) =>
      () =>
        new ChangeRealInterface(num('reals', n), { foundation: String(one('foundations', on)) }),
  ),
  id.map((n) => () => new DeleteRealInterface([num('reals', n)])),
  ...often(
    2,
    fc.tuple(id, name, id).map(
      ([on, called, network]) =>
        () =>
          new CreateAbstractInterface({
            structure: num('structures', on),
            name: called,
            network: num('networks', network),
          }),
    ),
  ),
  ...often(
    4,
    fc.tuple(id, name, id, id, ids).map(
      ([on, called, network, primary, secondaries]) =>
        () =>
          new CreateAggregatedInterface({
            structure: num('structures', on),
            name: called,
            network: num('networks', network),
            ...parts(num('structures', on), primary, secondaries),
            paramaters: {},
          }),
    ),
  ),
  ...often(
    2,
    fc.tuple(id, id, id).map(
      ([n, on, network]) =>
        () =>
          new ChangeAbstractInterface(num('logicals', n), {
            structure: num('structures', on),
            network: num('networks', network),
          }),
    ),
  ),
  ...often(
    2,
    fc.tuple(id, id, id, ids).map(
      ([n, on, primary, secondaries]) =>
        () =>
          new ChangeAggregatedInterface(
            num('logicals', n),
            parts(structureOf.get(num('logicals', n)) ?? num('structures', on), primary, secondaries),
          ),
    ),
  ),
  id.map((n) => () => new DeleteLogicalInterface([num('logicals', n)])),
  ...often(
    2,
    fc.tuple(id, id, name, flag, flag).map(
      ([block, n, interfaceName, primary, plain]) =>
        () =>
          new AllocateAddress((block % 3) + 1, {
            holder: num(plain ? 'networkeds' : 'structures', n),
            interfaceName,
            primary,
          }),
    ),
  ),
  ...often(
    3,
    pxe.map((called) => () => new CreatePxe({ name: called, boot_script: 'x', template: 'x' })),
  ),
  ...often(
    3,
    pxe.map((called) => () => new DeletePxe([called])),
  ),
);

const MODELS: readonly ReadModel[] = [
  foundations,
  structures,
  networkeds,
  realInterfaces,
  logicalInterfaces,
  networks,
  addressBlocks,
  addresses,
  usedOffsets,
  pxes,
];

const rowsNow = async () => {
  const found: [string, Key, object][] = [];
  for (const model of MODELS) {
    const { rows } = await modules.reads.now.list(model);
    for (const { key, row } of rows) found.push([model.name, key, row]);
  }
  return found;
};

const repeated = (all: readonly string[]): readonly string[] => all.filter((text, n) => all.indexOf(text) !== n);

/** What holds whatever has happened. */
async function check(): Promise<void> {
  const { now } = modules.reads;
  const { rows: real } = await now.list(realInterfaces);
  const { rows: logical } = await now.list(logicalInterfaces);
  const there = {
    foundations: new Set((await now.keys(foundations)).keys),
    structures: new Set((await now.keys(structures)).keys),
    networks: new Set((await now.keys(networks)).keys),
    pxes: new Set((await now.keys(pxes)).keys),
    hosts: new Map((await now.list(networkeds)).rows.map(({ key, row }) => [key, row])),
  };
  for (const { row } of real) {
    expect(there.foundations.has(row.foundation) && there.networks.has(row.network)).toBe(true);
    expect(row.pxe === null || there.pxes.has(row.pxe)).toBe(true);
  }
  expect(repeated(real.map(({ row }) => `${row.foundation}/${row.name}`))).toEqual([]);
  expect(repeated(real.map(({ row }) => `${row.foundation}/${row.physicalLocation}`))).toEqual([]);
  expect(repeated(real.filter(({ row }) => row.provisioning).map(({ row }) => row.foundation))).toEqual([]);
  expect(repeated(logical.map(({ row }) => `${row.structure}/${row.name}`))).toEqual([]);
  const all = await interfacesOf(now, [...there.structures].map(Number));
  for (const { key, row } of logical) {
    expect(there.structures.has(row.structure) && there.networks.has(row.network)).toBe(true);
    if (row.kind === 'Abstract') continue;
    const own = new Map(all.get(row.structure)!.map((found) => [found.id, found]));
    const members = membersOf(row);
    // What it is made of is there, each once, in one network, and not it itself.
    expect(members.every((member) => own.has(member) && member !== key)).toBe(true);
    expect(new Set(members).size).toBe(members.length);
    expect(new Set(members.map((member) => own.get(member)!.row.network)).size).toBe(1);
  }
  for (const found of all.values()) {
    for (const each of found) {
      const first = found.find(({ row }) => row.name === each.row.name);
      expect(interfaceNamed(found, each.row.name)).toBe(first);
    }
  }
  const { rows: given } = await now.list(addresses);
  const { rows: used } = await now.list(usedOffsets);
  const blocks = new Map((await now.list(addressBlocks)).rows.map(({ key, row }) => [key, row]));
  expect(repeated(given.map(({ row }) => `${row.block}/${row.offset}`))).toEqual([]);
  expect(used).toHaveLength(given.length);
  for (const { row } of given) {
    const block = blocks.get(row.block!)!;
    const { usable } = subnetOfBlock(block);
    expect(BigInt(row.offset!) >= usable.first && BigInt(row.offset!) <= usable.last).toBe(true);
    const host = there.hosts.get(row.holder!);
    expect(host).toBeDefined();
    if (row.primary) expect(host?.site).toBe(block.site);
  }
}

/** Notes what there is. */
async function look(): Promise<void> {
  await modules.caughtUp();
  const { now } = modules.reads;
  known.foundations = (await now.keys(foundations)).keys;
  known.structures = (await now.keys(structures)).keys;
  known.networkeds = (await now.keys(networkeds, { where: { structure: 'false' } })).keys;
  known.networks = (await now.keys(networks)).keys;
  known.reals = (await now.keys(realInterfaces)).keys;
  const { rows } = await now.list(logicalInterfaces);
  known.logicals = rows.map(({ key }) => key);
  structureOf = new Map(rows.map(({ key, row }) => [Number(key), row.structure]));
  owned = await interfacesOf(now, known.structures.map(Number));
}

it('whatever is asked for, interfaces are where they belong, and a rebuild finds the same', async () => {
  const granted = new Map<string, number>();
  const turns = fc.array(fc.array(commands, { minLength: 1, maxLength: 4 }), { minLength: 80, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(turns, async (taken) => {
      for (const turn of taken) {
        await look();
        await sendAtOnce(
          turn.map((make) => make()),
          send,
          granted,
        );
      }
      await modules.caughtUp();
      await check();
    }),
    { numRuns: 8 },
  );
  const kinds = ['Foundation', 'Structure', 'Networked', 'Network', 'RealInterface', 'AbstractInterface', 'Pxe'];
  expect([...granted.keys()].toSorted()).toEqual(
    [
      ...kinds.map((kind) => `Create${kind}`),
      ...['Foundation', 'Structure', 'Networked', 'Network', 'RealInterface', 'LogicalInterface', 'Pxe'].map(
        (kind) => `Delete${kind}`,
      ),
      ...['Structure', 'Networked', 'RealInterface', 'AbstractInterface', 'AggregatedInterface'].map(
        (kind) => `Change${kind}`,
      ),
      'CreateAggregatedInterface',
      'CreateCarriedFoundation',
      'AllocateAddress',
    ].toSorted(),
  );
  const live = await rowsNow();
  await modules.reads.projector.rebuild();
  expect(await rowsNow()).toEqual(live);
  await check();
});
