import type { Asked, Command, Tools } from '../command.ts';
import { Misuse, told } from '../command.ts';
import type { Values } from '../rest-client.ts';
import { known } from './known-models.ts';
import type { NounOptions } from './noun-option.ts';
import { declared, fieldValues, usageOfOptions } from './noun-option.ts';
import { lookupsOf } from './lookups.ts';
import { addressBlock } from './networks.ts';
import { ofOne, pathOf } from './noun.ts';
import { detailed, listed } from './render.ts';

const offset = {
  short: 'o',
  value: 'N',
  kind: 'integer',
  does: 'which address of the block',
  required: true,
} as const;

const KINDS: readonly (readonly [model: string, type: string])[] = [
  ['Utilities/Address', 'Address'],
  ['Utilities/ReservedAddress', 'Reserved'],
  ['Utilities/DynamicAddress', 'Dynamic'],
];

const onBlock = (command: Omit<Command, 'names' | 'needs' | 'completes'>): Command =>
  known(addressBlock.model, { ...command, ...ofOne(addressBlock) });

const numberOf = ({ names }: Asked): number => {
  const number = Number(names[0]);
  if (!Number.isInteger(number)) throw new Misuse(`"${names[0]}" is no id of an address block`);
  return number;
};

/** Takes an address of a block for something. */
const taking = (model: string, does: string, options: NounOptions): Command =>
  onBlock({
    usage: `${addressBlock.id} ${usageOfOptions('create', options)}`,
    does,
    options: declared(options),
    run: async (asked, tools) => {
      const values = await fieldValues('create', asked, options, lookupsOf(tools));
      const made = await tools.client.create(model, { address_block: numberOf(asked), ...values });
      return detailed(made, {
        Id: 'id',
        AddressBlock: 'address_block',
        Offset: 'offset',
        Address: 'ip_address',
        ...('reason' in options ? { Reason: 'reason' } : { PXE: 'pxe' }),
        Created: 'created',
        Updated: 'updated',
      });
    },
  });

/** Gives back an address of a block that was taken for something. */
const giving = (model: string, does: string): Command =>
  onBlock({
    usage: `${addressBlock.id} --offset N`,
    does,
    options: declared({ offset }),
    run: async (asked, tools) => {
      const { offset: wanted } = await fieldValues('create', asked, { offset }, lookupsOf(tools));
      const address = (await addressesOf(model, asked, tools)).find((one) => String(one['offset']) === String(wanted));
      if (!address) throw new Error('offset not found');
      await tools.client.delete(pathOf(model, address['id']));
      return told(`gave back ${String(address['ip_address'])}`, { offset: wanted });
    },
  });

const addressesOf = (model: string, asked: Asked, { client }: Tools): Promise<Values[]> =>
  client.list(model, { filter: 'address_block', address_block: String(numberOf(asked)) });

/** What can be done with address blocks besides defining them. */
export const blockCommands: Readonly<Record<string, Command>> = {
  'addressblock usage': onBlock({
    usage: addressBlock.id,
    does: 'tell how many addresses it has, and what they are used for',
    run: async ({ names: [id] }, { client }) =>
      detailed((await client.call(pathOf(addressBlock.model, id, 'usage'))) as Values, {
        Total: 'total',
        Static: 'static',
        Reserved: 'reserved',
        Dynamic: 'dynamic',
      }),
  }),
  'addressblock allocation': onBlock({
    usage: addressBlock.id,
    does: 'list the addresses of it that are used, in their order',
    run: async (asked, tools) => {
      const found = await Promise.all(
        KINDS.map(async ([model, type]) => (await addressesOf(model, asked, tools)).map((one) => ({ ...one, type }))),
      );
      const inOrder = (one: Values, other: Values) =>
        Number(BigInt(String(one['offset'])) - BigInt(String(other['offset'])));
      return listed(found.flat().toSorted(inOrder), {
        ID: 'id',
        OFFSET: 'offset',
        'IP ADDRESS': 'ip_address',
        TYPE: 'type',
        OF: ({ networked, reason, pxe }: Values) => networked ?? reason ?? pxe,
      });
    },
  }),
  'addressblock reserve': taking('Utilities/ReservedAddress', 'keep an address for something else', {
    offset,
    reason: { short: 'r', value: 'TEXT', does: 'what uses it', required: true },
  }),
  'addressblock dereserve': giving('Utilities/ReservedAddress', 'give back an address that was kept'),
  'addressblock dynamic': taking('Utilities/DynamicAddress', 'put an address into the DHCP pool', {
    offset,
    pxe: { short: 'p', value: 'PXE', does: 'what unknown machines with this address boot', of: 'BluePrint/PXE' },
  }),
  'addressblock dedynamic': giving('Utilities/DynamicAddress', 'take an address out of the DHCP pool'),
};
