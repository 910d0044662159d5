import type { JsonMap } from '#kernel';
import { streamName } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Cartographer } from './cartographer.ts';
import { cartographer, NEW, RESTARTING } from './cartographer.ts';

/** A machine in the boot image as it is shown. */
export interface CartographerRow extends Readonly<Cartographer> {
  readonly created: string;
  readonly updated: string;
}

const changed = change<CartographerRow, Partial<Cartographer>>((row, { data, at }) => ({
  ...row,
  ...data,
  updated: at,
}));

/** Machines in the boot image by identifier. */
export const cartographers: ReadModel<CartographerRow> = {
  name: 'cartographers',
  version: 1,
  key: 'text',
  // Machines that wait ask again and again: as of the past they are told from their streams.
  history: false,
  stream: (identifier) => streamName(cartographer.category, String(identifier)),
  indexes: {
    foundation: ({ foundation }) => foundation,
    /** Whether nobody knows which foundation it is. */
    waiting: ({ foundation }) => (foundation === null ? 'yes' : null),
  },
  on: {
    CartographerRegistered: rule<CartographerRow, object>((_, { at }) => ({
      foundation: null,
      message: NEW,
      infoMap: {},
      checkedIn: null,
      created: at,
      updated: at,
    })),
    CartographerRestarted: change<CartographerRow, object>((row, { at }) => ({
      ...row,
      message: RESTARTING,
      updated: at,
    })),
    CartographerReported: change<CartographerRow, { infoMap: JsonMap }>((row, { data, at }) => ({
      ...row,
      ...data,
      updated: at,
    })),
    CartographerCheckedIn: change<CartographerRow, { at: string }>((row, { data, at }) => ({
      ...row,
      checkedIn: data.at,
      updated: at,
    })),
    CartographerMatched: change<CartographerRow, { foundation: string; message: string }>(
      (row, { data: { foundation, message }, at }) => ({ ...row, foundation, message, updated: at }),
    ),
    CartographerAssigned: changed,
    CartographerMessaged: changed,
    CartographerDone: gone(),
    CartographerDropped: gone(),
    CartographerDeleted: gone(),
  },
};
