import type { ReadModel, View } from '#read-store';
import { begin, change, gone, rule } from '#read-store';
import type { AddressKind } from '../block/address-block.ts';

/** An offset that somebody has, or that is held. */
export interface UsedOffset {
  readonly block: number;
  /** Decimal text. */
  readonly offset: string;
  /** The address object it is given to; null: it is held. */
  readonly address: number | null;
  readonly kind: AddressKind | 'Held';
  /** ISO 8601 with microseconds. */
  readonly since: string;
  /** What is held, and until when. */
  readonly hold?: { readonly key: string; readonly reason: string; readonly until: string };
  /** To whom the address is lent, and since when. */
  readonly loan?: { readonly key: string; readonly reason: string; readonly since: string };
}

interface Taken {
  readonly since?: string;
  readonly offset: string;
  readonly address: number;
  readonly kind: AddressKind;
}

type Lent = { readonly key: string; readonly reason: string; readonly offset: string };

type Held = NonNullable<UsedOffset['hold']> & { readonly offset: string };

/** The key of an offset in a block; those of one block sort as the offsets do. */
export const offsetKey = (block: number | string, offset: string | bigint): string =>
  `${block}/${BigInt(offset).toString(16).padStart(32, '0')}`;

const keyOf = ({ id, data }: { readonly id: string; readonly data: { readonly offset: string } }): string =>
  offsetKey(id, data.offset);

/** Offsets that are in use, by block and offset. */
export const usedOffsets: ReadModel<UsedOffset> = {
  name: 'used_offsets',
  version: 3,
  key: 'text',
  history: true,
  indexes: {
    block: ({ block }) => block,
    held: ({ block, hold }) => (hold ? block : null),
    lent: ({ block, loan }) => (loan ? block : null),
  },
  on: {
    // Nobody is given what somebody has.
    OffsetTaken: begin<UsedOffset, Taken>(({ id, data, at }) => ({ block: Number(id), since: at, ...data }), keyOf),
    OffsetHeld: rule<UsedOffset, Held>((row, { id, data: { offset, key, reason, until }, at }) => {
      const since = row?.hold?.key === key ? row.since : at;
      return { block: Number(id), offset, address: null, kind: 'Held', since, hold: { key, reason, until } };
    }, keyOf),
    AddressLent: change<UsedOffset, Lent>(
      (row, { data: { key, reason }, at }) => ({ ...row, loan: { key, reason, since: at } }),
      keyOf,
    ),
    AddressTakenBack: change<UsedOffset, Lent>(({ loan: _, ...row }) => row, keyOf),
    OffsetFreed: gone<UsedOffset, Taken>(keyOf),
    OffsetHoldEnded: gone<UsedOffset, Held>(keyOf),
  },
};

/** Whether an offset is free again: it was held, and its time is over. */
export const isOver = ({ hold }: UsedOffset, now: string): boolean => hold !== undefined && hold.until <= now;

/** How many offsets of a block are in use, or were held until now: `countOver` of them are free again. */
export const countUsed = async (view: View, block: number): Promise<number> =>
  (await view.keys(usedOffsets, { where: { block }, count: 0 })).total;

/** How many offsets of a block are free again because their holds are over, of which there are at most 1,000. */
export async function countOver(view: View, block: number, now: string): Promise<number> {
  const { rows } = await view.list(usedOffsets, { where: { held: block } });
  return rows.filter(({ row }) => isOver(row, now)).length;
}

/** The offsets of a block whose addresses are lent. */
export const lentOffsets = (view: View, block: number, count?: number) =>
  view.list(usedOffsets, { where: { lent: block }, ...(count === undefined ? {} : { count }) });
