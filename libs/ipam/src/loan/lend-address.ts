import type { UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import { address } from '../address/address.ts';
import { addresses, useKey } from '../address/addresses.ts';
import { lentOffsets } from '../address/used-offsets.ts';
import { addressLoans, MAX_LOANS } from './address-loans.ts';

/** Which address is lent, and of which block. */
export interface Lent {
  readonly block: number;
  readonly address: number;
}

/** Of how many addresses of a block it is asked whether they are leased, the lowest first. */
const MAX_LOOKED_AT = 1000;

/** Which offsets of a block are leased to somebody else than whoever borrows. */
export type FindLeased = (block: number, offsets: readonly string[]) => Promise<ReadonlySet<string>>;

/** What an address is lent for. */
export interface Purpose {
  readonly key: string;
  /** In words. */
  readonly reason: string;
  /** Addresses that it finds are lent after all others; nobody has leased any unless said otherwise. */
  readonly leased?: FindLeased;
}

/**
 * Lends the lowest address of the DHCP pools of some blocks that nobody has borrowed, the first block first; with a key
 * that has borrowed already, it is that one.
 * @returns undefined where none is left
 */
export async function lendAddress(
  work: UnitOfWork,
  view: View,
  blocks: readonly number[],
  { key, reason, leased }: Purpose,
): Promise<Lent | undefined> {
  for (const block of blocks) {
    const lent = (await work.load(addressLoans, block)).get(key);
    if (lent) return { block, address: lent.address };
  }
  const full = new Set<number>();
  for (const { block, address: id } of await candidates(work, view, blocks, leased)) {
    if (full.has(block)) continue;
    // Whoever deletes it closes it first, and then looks who has it.
    const found = await work.load(address, id);
    if (found.stage !== 'active' || found.value.block !== block || found.value.offset === null) continue;
    const data = { key, reason, address: id, offset: found.value.offset };
    const refusal = await work.attempt(addressLoans, block, { type: 'LendAddress', data });
    if (refusal === undefined) return { block, address: id };
    full.add(block);
  }
  return undefined;
}

/** The addresses that nobody has borrowed: first those that nobody has leased, block by block. */
async function candidates(
  work: UnitOfWork,
  view: View,
  blocks: readonly number[],
  leased: FindLeased | undefined,
): Promise<readonly Lent[]> {
  const [free, others]: [Lent[], Lent[]] = [[], []];
  for (const block of blocks) {
    const taken = new Set([...(await work.load(addressLoans, block)).values()].map((loan) => loan.address));
    const pool = (await poolOf(view, block)).filter(({ id }) => !taken.has(id));
    const offsets = pool.slice(0, MAX_LOOKED_AT).map(({ offset }) => offset);
    const strange = pool.length > 0 ? await leased?.(block, offsets) : undefined;
    for (const { id, offset } of pool) (strange?.has(offset) ? others : free).push({ block, address: id });
  }
  return [...free, ...others];
}

/** The addresses of the DHCP pool of a block, the lowest first. */
async function poolOf(view: View, block: number): Promise<{ readonly id: number; readonly offset: string }[]> {
  const { rows } = await view.list(addresses, { where: { use: useKey(block, 'DynamicAddress') } });
  return rows
    .map(({ key, row }) => ({ id: Number(key), offset: row.offset ?? '0' }))
    .toSorted((one, other) => (BigInt(one.offset) < BigInt(other.offset) ? -1 : 1));
}

/** Takes an address back; nothing where the key has borrowed none. */
export async function takeAddressBack(work: UnitOfWork, block: number, key: string): Promise<void> {
  await work.decide(addressLoans, block, { type: 'TakeAddressBack', data: { key } });
}

/** Takes all addresses of a block back that are lent. */
export async function takeAllBack(work: UnitOfWork, block: number): Promise<void> {
  for (const key of (await work.load(addressLoans, block)).keys()) await takeAddressBack(work, block, key);
}

/** A fault where an address is lent: it stays where it is for as long. */
export async function refuseLent(work: UnitOfWork, block: number, id: number): Promise<void> {
  const loan = [...(await work.load(addressLoans, block)).values()].find((one) => one.address === id);
  if (loan) work.fault('__all__', 'LENT', `the address is lent to ${loan.key}`);
}

/** How many addresses of the DHCP pool of a block can be lent at a time, and how many are. */
export async function poolUse(view: View, block: number): Promise<{ readonly all: number; readonly lent: number }> {
  const all = await view.keys(addresses, { where: { use: useKey(block, 'DynamicAddress') }, count: 0 });
  return { all: Math.min(all.total, MAX_LOANS), lent: (await lentOffsets(view, block, 0)).total };
}
