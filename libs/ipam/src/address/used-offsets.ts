import type { ReadModel } from '#read-store';
import { begin, gone, rule } from '#read-store';
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
}

interface Taken {
  readonly offset: string;
  readonly address: number;
  readonly kind: AddressKind;
}

type Held = NonNullable<UsedOffset['hold']> & { readonly offset: string };

/** The key of an offset in a block; those of one block sort as the offsets do. */
export const offsetKey = (block: number | string, offset: string | bigint): string =>
  `${block}/${BigInt(offset).toString(16).padStart(32, '0')}`;

const keyOf = ({ id, data }: { readonly id: string; readonly data: { readonly offset: string } }): string =>
  offsetKey(id, data.offset);

/** Offsets that are in use, by block and offset. */
export const usedOffsets: ReadModel<UsedOffset> = {
  name: 'used_offsets',
  version: 1,
  key: 'text',
  history: true,
  indexes: { block: ({ block }) => block },
  on: {
    // Nobody is given what somebody has.
    OffsetTaken: begin<UsedOffset, Taken>(({ id, data, at }) => ({ block: Number(id), ...data, since: at }), keyOf),
    OffsetHeld: rule<UsedOffset, Held>((row, { id, data: { offset, key, reason, until }, at }) => {
      const since = row?.hold?.key === key ? row.since : at;
      return { block: Number(id), offset, address: null, kind: 'Held', since, hold: { key, reason, until } };
    }, keyOf),
    OffsetFreed: gone<UsedOffset, Taken>(keyOf),
    OffsetHoldEnded: gone<UsedOffset, Held>(keyOf),
  },
};
