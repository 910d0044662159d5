import {
  address,
  addressBlock,
  allocateAddress,
  blockFor,
  changeAddress,
  contains,
  formatAddress,
  InvalidAddress,
  nextOffset,
  parseAddress,
  removeAddressesOf,
  subnetOfBlock,
} from '#ipam';
import type { Holders } from '#ipam';
import type { Fault, JsonMap, UnitOfWork } from '#kernel';
import { BMC_BLOCK } from '#platform';
import type { Ids } from '#read-store';
import { siteFor } from '#site';
import type { Foundation } from '../foundation.ts';
import { networked } from '../networked/networked.ts';
import { freeHostName, takeHostName } from '../structure/host-name.ts';
import type { BmcAddress } from './bmc-address.ts';
import { BMC_INTERFACE, bmcHostName, readAddressText, writeAddressText } from './bmc-address.ts';

/** What giving a BMC an address takes. */
export interface BmcContext {
  readonly ids: Pick<Ids, 'next'>;
  readonly holders: Holders;
  /** ISO 8601 with microseconds. */
  readonly now: string;
}

/** Whose BMC it is, and what is said of its address. */
export interface BmcWish {
  readonly locator: string;
  /** The field of its platform with the address. */
  readonly field: string;
  /** The foundation as it is; undefined: it is new. */
  readonly before: Pick<Foundation, 'own' | 'bmc'> | undefined;
  /** Fields of its platform that are given. */
  readonly given: JsonMap;
}

/** What becomes of the fields of a foundation, and of the address of its BMC. */
export interface BmcChoice {
  readonly own?: JsonMap;
  readonly bmc?: BmcAddress | null;
}

/** Where an address of a block is. */
interface Place {
  readonly block: number;
  readonly offset: string;
}

const textIn = (own: JsonMap | undefined, field: string): string => {
  const value = own?.[field];
  return typeof value === 'string' ? value.trim() : '';
};

/**
 * Gives the BMC of a foundation the address that is wanted of it: one of the block that the field `bmc_block` names, which is
 * the next free one where no address is said; or a text that belongs to no block. What it had before is free then. What is
 * wrong is noted.
 */
export async function chooseBmcAddress(work: UnitOfWork, wish: BmcWish, context: BmcContext): Promise<BmcChoice> {
  const { field, before, given } = wish;
  if (given[field] === undefined && given[BMC_BLOCK] === undefined) return {};
  const held = before?.bmc ?? null;
  const now = held && (await heldPlace(work, held));
  const text = now
    ? writeAddressText({ ...readAddressText(textIn(before?.own, field)), host: now.ip })
    : textIn(before?.own, field);
  const block = given[BMC_BLOCK] === undefined ? (now?.block ?? null) : (given[BMC_BLOCK] as number | null);
  if (block === null) {
    if (held) await removeBmcHost(work, held);
    const plain = given[field] === undefined ? text : textIn(given, field);
    if (plain === '')
      work.fault(field, 'NULL', 'This field cannot be null.', { rule: `or ${BMC_BLOCK} is an address block` });
    return { own: { [field]: plain, [BMC_BLOCK]: null }, ...(held ? { bmc: null } : {}) };
  }
  // One that moves to another block gets the next address of that, and one that had a text has that in the block.
  const stays = !now || now.block === block;
  const wanted = readAddressText(given[field] === undefined ? (stays ? text : '') : textIn(given, field));
  const port = wanted.port || (given[field] === undefined ? readAddressText(text).port : '');
  const place = await placeIn(work, block, wanted.host, { field, now: context.now, held: now });
  if (!place) return {};
  const { ip, site, ...at } = place;
  const bmc = await placed(work, wish, { at, site, held, was: now }, context);
  return { own: { [field]: writeAddressText({ host: ip, port }), [BMC_BLOCK]: block }, ...(bmc ? { bmc } : {}) };
}

/** The address that a BMC has now; undefined: its block is gone, or it is. */
async function heldPlace(work: UnitOfWork, { address: id }: BmcAddress) {
  const found = await work.load(address, id);
  const value = 'value' in found ? found.value : undefined;
  const around = value && value.block !== null ? await work.load(addressBlock, value.block) : undefined;
  if (!value || value.block === null || value.offset === null || !around || !('value' in around)) return undefined;
  const ip = formatAddress(subnetOfBlock(around.value).address + BigInt(value.offset));
  return { value, block: value.block, offset: value.offset, site: around.value.site, ip };
}

/** Where in a block an address is to be: the one that is said, or the next free one. */
async function placeIn(
  work: UnitOfWork,
  block: number,
  said: string,
  { field, now, held }: { readonly field: string; readonly now: string; readonly held: Place | null | undefined },
): Promise<(Place & { readonly ip: string; readonly site: string }) | undefined> {
  await blockFor(work, BMC_BLOCK, block);
  const around = await work.load(addressBlock, block);
  if (around.stage !== 'active') return undefined;
  const found = around.value;
  const subnet = subnetOfBlock(found);
  const at = (offset: string) => ({
    block,
    offset,
    site: found.site,
    ip: formatAddress(subnet.address + BigInt(offset)),
  });
  const its = `the address block "${found.name}" (${found.subnet}/${found.prefix})`;
  if (said === '') {
    const offset = held && held.block === block ? held.offset : nextOffset(found, now);
    if (offset !== undefined) return at(offset);
    work.fault(BMC_BLOCK, 'NO_OFFSETS', `${its} has no address left`);
    return undefined;
  }
  const ip = parsed(said);
  if (ip === undefined) work.fault(field, 'INVALID', `${JSON.stringify(said)} is no IP address, as one of ${its} is`);
  else if (!contains(subnet.addresses, ip)) work.fault(field, 'RANGE', `${said} is not in ${its}`);
  else return at(String(ip - subnet.address));
  return undefined;
}

function parsed(text: string): bigint | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}

interface Move {
  readonly at: Place;
  /** The site of the block. */
  readonly site: string;
  readonly held: BmcAddress | null;
  readonly was: Awaited<ReturnType<typeof heldPlace>> | null;
}

/** Puts the address of a BMC where it is to be. @returns which it is, where that is another one than before */
async function placed(
  work: UnitOfWork,
  { locator, field }: BmcWish,
  { at, site, held, was }: Move,
  { ids, holders, now }: BmcContext,
): Promise<BmcAddress | undefined> {
  if (held && was && was.block === at.block && was.offset === at.offset) return undefined;
  let bmc: BmcAddress | undefined;
  const faults = await work.faultsOf(async () => {
    if (held && was && was.site === site) {
      await changeAddress(work, held.address, { before: was.value, after: { ...was.value, ...at } }, { holders, now });
      return;
    }
    if (held) await removeBmcHost(work, held);
    const host = await defineBmcHost(work, locator, site, ids);
    const allotment = { holder: host, interfaceName: BMC_INTERFACE, primary: true };
    const id = await allocateAddress(work, await ids.next('address'), { ...at, allotment }, { holders, now });
    if (id !== null) bmc = { host, address: id };
  });
  for (const fault of faults) work.faultInput(ofField(fault, field));
  return bmc;
}

/** A fault of an address as one of the field that it was wanted by. */
const ofField = (fault: Fault, field: string): Fault => ({
  ...fault,
  field: fault.field === 'hostname' ? 'locator' : field,
});

async function defineBmcHost(work: UnitOfWork, locator: string, site: string, ids: Pick<Ids, 'next'>): Promise<number> {
  const host = await ids.next('networked');
  const hostname = bmcHostName(locator);
  const zone = (await siteFor(work, 'site', site))?.zone ?? null;
  await takeHostName(work, host, { hostname, site, zone });
  await work.decide(networked, host, { type: 'DefineNetworked', data: { hostname, site, zone, foundation: locator } });
  return host;
}

/** Takes the host of a BMC away, with its address. */
export async function removeBmcHost(work: UnitOfWork, { host }: BmcAddress): Promise<void> {
  const found = await work.load(networked, host);
  if (!('value' in found)) return;
  await freeHostName(work, host, found.value);
  await removeAddressesOf(work, host);
  if (found.stage === 'active') await work.decide(networked, host, { type: 'CloseNetworked', data: {} });
  await work.decide(networked, host, { type: 'DeleteNetworked', data: {} });
}
