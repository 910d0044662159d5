import { dateTime, integer, numberReference, text, wideInteger } from '#api';

/** Where an address is. */
export const placeFields = {
  address_block: numberReference('Utilities/AddressBlock'),
  offset: wideInteger(),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** What its kind and its block tell of an address. */
export const derivedFields = {
  id: integer({ mode: 'RO' }),
  type: text(undefined, { mode: 'RO' }),
  ip_address: text(undefined, { mode: 'RO' }),
  subnet: text(undefined, { mode: 'RO' }),
  netmask: text(undefined, { mode: 'RO' }),
  prefix: integer({ mode: 'RO', asText: true }),
  gateway: text(undefined, { mode: 'RO' }),
};
