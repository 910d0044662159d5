import type { NetworkInterface } from '#building';
import { foundations, interfaceNamed, interfacesOf, macOf, realInterfaces, structures } from '#building';
import { leases } from '#dhcp';
import type { AddressRow } from '#ipam';
import { addressBlocks, addresses, findAddress } from '#ipam';
import type { View } from '#read-store';

/** Which machine asks, as far as it is known; what is not, is null. */
export interface AskingMachine {
  readonly site: string | null;
  readonly mac: string | null;
  readonly foundation: string | null;
  readonly structure: number | null;
}

/** What of it is known already. */
export interface KnownOfMachine {
  readonly site?: string | undefined;
  readonly mac?: string | undefined;
  /** The id of a structure. */
  readonly structure?: number | undefined;
}

/** The machine that asks from an address: by whom it is leased to, and by the structure or foundation that has it. */
export async function machineAt(view: View, address: string, known: KnownOfMachine): Promise<AskingMachine> {
  const lease = await leaseOf(view, address, known.site);
  const id = await findAddress(view, address, known.site ?? null);
  const row = id === undefined ? undefined : await view.get(addresses, id);
  const its = await structureOf(view, row, known.structure);
  if (its) return { ...its, mac: known.mac ?? lease?.mac ?? its.mac };
  const block = row?.block == null ? undefined : await view.get(addressBlocks, row.block);
  const site = known.site ?? block?.site ?? lease?.site ?? null;
  const borrower = id === undefined ? undefined : await borrowerOf(view, id);
  const mac = known.mac ?? lease?.mac ?? borrower?.mac ?? null;
  const foundation = borrower?.locator ?? (mac === null ? null : await foundationWith(view, mac, site));
  return { site, mac, foundation, structure: null };
}

/** The one lease of an address, at a site or at all. */
async function leaseOf(view: View, address: string, site: string | undefined) {
  const { rows } = await view.list(leases, { where: { address, ...(site === undefined ? {} : { site }) }, count: 2 });
  return rows.length === 1 ? rows[0]?.row : undefined;
}

/** The structure that has an address, or is known to ask; its MAC there, or where it is installed over. */
async function structureOf(view: View, row: AddressRow | undefined, known: number | undefined) {
  const id = known ?? row?.holder ?? undefined;
  const structure = id === undefined ? undefined : await view.get(structures, id);
  if (id === undefined || !structure) return undefined;
  const interfaces = (await interfacesOf(view, [id])).get(id) ?? [];
  const on = row?.holder === id ? interfaceNamed(interfaces, row.interfaceName) : undefined;
  const over = on ?? interfaces.find(isProvisioning);
  const { site, foundation } = structure;
  return { site, foundation, structure: id, mac: over ? macOf(interfaces, over) : null };
}

const isProvisioning = (one: NetworkInterface): boolean => one.kind === 'Real' && one.row.provisioning;

/** The foundation whose job has borrowed an address. */
async function borrowerOf(view: View, address: number) {
  const { keys } = await view.keys(foundations, { where: { borrowed: address }, count: 1 });
  if (keys[0] === undefined) return undefined;
  const locator = String(keys[0]);
  const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
  return { locator, mac: rows.find(({ row }) => row.provisioning)?.row.mac ?? null };
}

/** The one foundation of a site with a MAC. */
async function foundationWith(view: View, mac: string, site: string | null): Promise<string | null> {
  const { rows } = await view.list(realInterfaces, { where: { mac }, count: 10 });
  const found = await view.many(foundations, [...new Set(rows.map(({ row }) => row.foundation))]);
  const there = [...found].filter(([, row]) => site === null || row.site === site);
  return there.length === 1 ? String(there[0]?.[0]) : null;
}
