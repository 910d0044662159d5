import { exactNumber } from '#api';
import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import type { AddressRow } from '../address/addresses.ts';
import { addresses } from '../address/addresses.ts';
import { addressAt } from '../address/derived-values.ts';
import type { UsedOffset } from '../address/used-offsets.ts';
import { countOver, isOver, usedOffsets } from '../address/used-offsets.ts';
import { subnetOfBlock } from './address-block.ts';
import type { AddressBlockRow } from './address-blocks.ts';
import { addressBlocks } from './address-blocks.ts';
import type { Page } from './page-of.ts';

/** How many used addresses one map shows at most; the next one goes on behind them. */
export const MAX_MAPPED = 1000;

/** A run of addresses with one use. */
interface Run {
  first: bigint;
  last: bigint;
  readonly use: JsonMap;
}

interface Part extends Page {
  /** ISO 8601 with microseconds. */
  readonly now: string;
}

/** What an offset is used for, as the map says it. */
function useOf({ kind, since, hold, loan }: UsedOffset, row: AddressRow | undefined): JsonMap {
  if (hold) return { use: 'Held', key: hold.key, reason: hold.reason, since, until: hold.until };
  if (!row) return { use: kind, since };
  const { given, holder, interfaceName, reason, pxe } = row;
  const shared = { use: kind, since: given.since };
  if (kind === 'Address') return { ...shared, networked: holder, interface_name: interfaceName };
  return kind === 'ReservedAddress' ? { ...shared, reason } : { ...shared, pxe, ...(loan ? { lent: loan } : {}) };
}

/** Whether two uses are one in a map: since when does not tell them apart. */
const isSame = ({ since: _, ...one }: JsonMap, { since: __, ...other }: JsonMap): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** What is used and free of a block, as runs in the order of the addresses. */
export async function mapOf(view: View, id: number, { position, count, now }: Part): Promise<JsonMap> {
  const block = await view.get(addressBlocks, id);
  if (!block) return {};
  const { rows, total } = await view.list(usedOffsets, { where: { block: id }, skip: position, count });
  const before =
    position === 0
      ? undefined
      : (await view.list(usedOffsets, { where: { block: id }, skip: position - 1, count: 1 })).rows[0]?.row;
  const known = await view.many(
    addresses,
    rows.flatMap(({ row }) => row.address ?? []),
  );
  const used: Run[] = rows
    .filter(({ row }) => !isOver(row, now))
    .map(({ row }) => {
      const at = BigInt(row.offset);
      return { first: at, last: at, use: useOf(row, row.address === null ? undefined : known.get(row.address)) };
    });
  const whole = position + rows.length >= total;
  const { usable } = subnetOfBlock(block);
  const from = before ? BigInt(before.offset) + 1n : usable.first;
  const last = rows.at(-1)?.row;
  const to = whole || !last ? usable.last : BigInt(last.offset);
  return {
    runs: filled(joined(withGateway(used, block, from, to)), from, to).map(({ first, last, use }) => ({
      first: addressAt(block, first),
      last: addressAt(block, last),
      count: exactNumber(last - first + 1n),
      ...use,
    })),
    used: total - (await countOver(view, id, now)),
    next: whole ? null : position + rows.length,
  };
}

function withGateway(used: readonly Run[], { gatewayOffset }: AddressBlockRow, from: bigint, to: bigint): Run[] {
  const at = gatewayOffset === null ? undefined : BigInt(gatewayOffset);
  if (at === undefined || at < from || at > to) return [...used];
  const gateway: Run = { first: at, last: at, use: { use: 'Gateway' } };
  return [...used, gateway].toSorted((one, other) => (one.first < other.first ? -1 : 1));
}

/** Neighbours of the same use as one run, since the first of them. */
function joined(runs: readonly Run[]): Run[] {
  const found: Run[] = [];
  for (const run of runs) {
    const last = found.at(-1);
    if (last && last.last + 1n === run.first && isSame(last.use, run.use)) last.last = run.last;
    else found.push({ ...run });
  }
  return found;
}

/** Runs with those between them that are free. */
function filled(runs: readonly Run[], from: bigint, to: bigint): Run[] {
  const found: Run[] = [];
  let at = from;
  for (const run of runs) {
    if (run.first > at) found.push({ first: at, last: run.first - 1n, use: { use: 'Free' } });
    found.push(run);
    at = run.last + 1n;
  }
  if (at <= to) found.push({ first: at, last: to, use: { use: 'Free' } });
  return found;
}
