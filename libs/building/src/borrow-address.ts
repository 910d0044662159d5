import { leases } from '#dhcp';
import type { FindLeased } from '#ipam';
import {
  addressBlock,
  addressBlocks,
  addresses,
  addressLoans,
  lendAddress,
  network,
  networks,
  placeValues,
  poolUse,
  takeAddressBack,
} from '#ipam';
import type { JobTarget } from '#foreman';
import type { UnitOfWork } from '#kernel';
import { streamName } from '#kernel';
import type { ReadStore, View } from '#read-store';
import { attachedStructure } from './attributes/attached.ts';
import { provisioningAddress, textOf } from './attributes/interface-attributes.ts';
import type { Borrowed } from './foundation.ts';
import { foundation } from './foundation.ts';
import { foundations } from './foundations.ts';
import { foundationInterfaces } from './interface/foundation-interfaces.ts';
import { realInterface } from './interface/real-interface.ts';
import { realInterfaces } from './interface/real-interfaces.ts';

/** What a job needs whose script reads {@link NEEDS_ADDRESS}: an address that its foundation is reached at. */
export const ADDRESS = 'address';
const NEEDS_ADDRESS = 'foundation.provisioning_ip';

/** A job as it is known to those who lend. */
const keyOf = (job: number): string => `job ${job}`;

/** The interface a foundation is installed over, and the blocks on its network, as they are linked. */
async function reachedBy(view: View, locator: string) {
  const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
  const over = rows.find(({ row }) => row.provisioning);
  const on = over && (await view.get(networks, over.row.network));
  return { over, on, blocks: on?.links.map(({ block }) => block) ?? [] };
}

/** The address of the structure on a foundation that it is installed with, as text. */
async function ownAddress(view: View, locator: string, structure: number | null): Promise<string | null> {
  if (structure === null) return null;
  const installed = provisioningAddress(await attachedStructure(view, structure, locator));
  return installed ? textOf(installed) : null;
}

/** What a foundation is reached at: an address of its structure, else the one its job has borrowed; null: there is none. */
export async function provisioningIp(
  view: View,
  locator: string,
  {
    structure = null,
    borrowed,
  }: { readonly structure?: number | null | undefined; readonly borrowed?: Borrowed | undefined },
): Promise<string | null> {
  const own = await ownAddress(view, locator, structure);
  if (own !== null || !borrowed) return own;
  const row = await view.get(addresses, borrowed.address);
  return placeValues(await view.get(addressBlocks, borrowed.block), row?.offset ?? null).ip_address;
}

/**
 * Borrows an address for a job, out of the DHCP pools on the network that its foundation is installed over, where it has
 * none of its own.
 * @returns false where all of them are lent, or there is none
 */
async function borrowAddress(work: UnitOfWork, view: View, locator: string, job: number): Promise<boolean> {
  const found = await work.load(foundation, locator);
  if (!('value' in found) || found.value.borrowed) return true;
  if ((await ownAddress(view, locator, found.value.structure ?? null)) !== null) return true;
  const { over, blocks } = await reachedBy(view, locator);
  // Where it is reached over no network, there is nothing to wait for.
  if (blocks.length === 0) return true;
  const leased = leasedToOthers(view, over?.row.mac ?? null);
  const lent = await lendAddress(work, view, blocks, { key: keyOf(job), reason: `Foundation ${locator}`, leased });
  if (!lent) return false;
  return work.decide(foundation, locator, { type: 'BorrowAddress', data: { job, ...lent } });
}

/** Finds what a DHCP server has leased to a machine with another MAC: whoever asks from there would pass for this one. */
const leasedToOthers =
  (view: View, mac: string | null): FindLeased =>
  async (block, offsets) => {
    const place = await view.get(addressBlocks, block);
    if (!place) return new Set();
    const byAddress = new Map(offsets.map((offset) => [placeValues(place, offset).ip_address, offset]));
    const any = [...byAddress.keys()].flatMap((address) => address ?? []);
    const { rows } = await view.list(leases, { where: { address: { any }, site: place.site } });
    return new Set(rows.flatMap(({ row }) => (row.mac === mac ? [] : (byAddress.get(row.address) ?? []))));
  };

/** Gives back what a job has borrowed; nothing where it has not. */
async function returnAddress(work: UnitOfWork, locator: string, job: number): Promise<void> {
  const found = await work.load(foundation, locator);
  const borrowed = 'value' in found ? found.value.borrowed : undefined;
  if (borrowed?.job !== job) return;
  await takeAddressBack(work, borrowed.block, keyOf(job));
  await work.decide(foundation, locator, { type: 'ReturnAddress', data: { job } });
}

/** Why a job cannot borrow an address, in words; undefined: it can, or need not. */
async function whyNotBorrowed(view: View, locator: string, structure: number | null): Promise<string | undefined> {
  if ((await ownAddress(view, locator, structure)) !== null) return undefined;
  const { on, blocks } = await reachedBy(view, locator);
  let pool = 0;
  for (const block of blocks) {
    const { all, lent } = await poolUse(view, block);
    if (lent < all) return undefined;
    pool += all;
  }
  if (!on || blocks.length === 0) return undefined;
  return pool === 0
    ? `Waiting for an address to borrow: the address blocks of network "${on.name}" have no DynamicAddress`
    : `Waiting for an address to borrow: all ${pool} dynamic addresses of network "${on.name}" are lent`;
}

/** How jobs on foundations get an address, and give it back. */
export const addressNeeds = (
  reads: Pick<ReadStore, 'now'>,
): Required<Pick<JobTarget, 'needsOf' | 'prepare' | 'giveBack' | 'lacks'>> => ({
  needsOf: (names) => (names.has(NEEDS_ADDRESS) ? [ADDRESS] : []),
  prepare: (work, locator, { job }) => borrowAddress(work, reads.now, locator, job),
  giveBack: (work, locator, job) => returnAddress(work, locator, job),
  async lacks(view, locator) {
    const row = await view.get(foundations, locator);
    return row && !row.borrowed ? whyNotBorrowed(view, locator, row.structure) : undefined;
  },
});

/** Categories of the streams whose events may bring an address. */
export const ADDRESS_WATCHES = [addressLoans, addressBlock, network, foundationInterfaces, realInterface].map(
  ({ category }) => category,
);

/** The streams whose events may bring a foundation an address. */
export async function addressStreams(view: View, locator: string): Promise<readonly string[]> {
  const { over, blocks } = await reachedBy(view, locator);
  return [
    streamName(foundationInterfaces.category, locator),
    ...(over
      ? [streamName(realInterface.category, String(over.key)), streamName(network.category, String(over.row.network))]
      : []),
    ...blocks.flatMap((block) => [
      streamName(addressLoans.category, String(block)),
      streamName(addressBlock.category, String(block)),
    ]),
  ];
}
