import type { EntityRow, Recorded } from '#read-store';
import { change, entityRows, rule } from '#read-store';
import type { AddressKind } from '../block/address-block.ts';
import type { Address } from './address.ts';
import { address } from './address.ts';

/** By which event somebody was given an address. */
interface Given {
  /** ISO 8601 with microseconds. */
  readonly since: string;
  /** Position of the event in the log. */
  readonly position: string;
  /** Who asked for it. */
  readonly actor: string;
}

/** An address object as it is shown. */
export interface AddressRow extends EntityRow<Address> {
  readonly given: Given;
}

/** Index value of the addresses of one kind in a block. */
export const useKey = (block: number, kind: AddressKind): string => `${block}/${kind}`;

const givenBy = ({ at, position, actor }: Recorded): Given => ({ since: at, position: String(position), actor });

/** It is given to somebody else, or somebody is given another one. */
const givenAnew = change<AddressRow, Partial<Address>>((row, event) => ({
  ...row,
  ...event.data,
  updated: event.at,
  given: givenBy(event),
}));

/** Addresses of all kinds by id. */
export const addresses = entityRows<Address, AddressRow>(address, {
  name: 'addresses',
  version: 1,
  key: 'integer',
  indexes: {
    kind: ({ kind }) => kind,
    block: ({ block }) => block,
    use: ({ block, kind }) => (block === null ? null : useKey(block, kind)),
    holder: ({ holder }) => holder,
    pointer: ({ pointer }) => pointer,
    pxe: ({ pxe }) => pxe,
  },
  on: {
    AddressDefined: rule<AddressRow, Address>((_, event) => ({
      ...event.data,
      created: event.at,
      updated: event.at,
      given: givenBy(event),
    })),
    AddressPlaced: givenAnew,
    AddressAssigned: givenAnew,
  },
});
