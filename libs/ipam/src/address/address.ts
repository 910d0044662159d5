import { entity } from '#kernel';
import type { AddressKind } from '../block/address-block.ts';

/** An address object: of a host, reserved, or in the DHCP pool of its block. What its kind does not have is null. */
export interface Address {
  kind: AddressKind;
  block: number | null;
  /** Decimal text. */
  offset: string | null;
  /** Whose it is: the id of a host. */
  holder: number | null;
  interfaceName: string | null;
  /** 1 and more for an alias. */
  aliasIndex: number | null;
  /** The address it takes everything from, instead of a place of its own. */
  pointer: number | null;
  primary: boolean;
  /** What a reserved address is reserved for. */
  reason: string | null;
  /** What an unknown machine with this lease boots. */
  pxe: string | null;
}

export const address = entity<Address>()({
  noun: 'Address',
  category: 'address',
  idField: 'id',
  changes: {
    AddressPlaced: ['block', 'offset'],
    AddressAssigned: 'holder',
    AddressInterfaceChosen: ['interfaceName', 'aliasIndex'],
    AddressPointed: 'pointer',
    AddressPrimaryChosen: 'primary',
    AddressReasonGiven: 'reason',
    AddressPxeChosen: 'pxe',
  },
});
