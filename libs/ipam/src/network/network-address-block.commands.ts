import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
} from '#api';
import type { UnitOfWork } from '#kernel';
import { blockFor } from '../block/block-for.ts';
import { addLink, removeLink } from './link-block.ts';
import type { networkAddressBlockFields } from './network-address-block.api.ts';
import type { NetworkAddressBlock } from './network-address-block.ts';
import { networkAddressBlock } from './network-address-block.ts';
import { network } from './network.ts';

const MAX_VLAN = 4095;

type Fields = typeof networkAddressBlockFields;

export class CreateNetworkAddressBlock extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeNetworkAddressBlock extends ChangeCommand<ChangedValues<Fields>> {}
export class DeleteNetworkAddressBlock extends DeleteCommand {}

/** The VLAN of a link; 0 is untagged. */
function vlanFrom(work: UnitOfWork, vlan: number | null): number | null {
  if (vlan !== null && (vlan < 0 || vlan > MAX_VLAN)) {
    work.fault('vlan', 'RANGE', `must be between 0 and ${MAX_VLAN}`);
  }
  return vlan === 0 ? null : vlan;
}

const createNetworkAddressBlock = createHandler(CreateNetworkAddressBlock, async (work, values, _, ids) => {
  const id = await ids.next('networkAddressBlock');
  const { network: of, address_block: block } = values;
  await addLink(work, id, { network: of, block, vlan: vlanFrom(work, values.vlan) }, 'address_block');
  return id;
});

const changeNetworkAddressBlock = changeHandler(ChangeNetworkAddressBlock, async (work, key, values) => {
  const id = Number(key);
  const found = await work.load(networkAddressBlock, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Network address block does not exist');
    return;
  }
  const before = found.value;
  const after: NetworkAddressBlock = {
    network: values.network ?? before.network,
    block: values.address_block ?? before.block,
    vlan: values.vlan === undefined ? before.vlan : vlanFrom(work, values.vlan),
  };
  if (after.network !== before.network || after.block !== before.block) {
    await blockFor(work, 'address_block', after.block);
    await work.decide(network, before.network, { type: 'UnlinkBlock', data: { link: id } });
    await work.decide(network, after.network, { type: 'LinkBlock', data: { link: id, block: after.block } });
  }
  await work.decide(networkAddressBlock, id, { type: 'ChangeNetworkAddressBlock', data: after });
});

const deleteNetworkAddressBlock = deleteUnreferencedHandler(
  DeleteNetworkAddressBlock,
  'Utilities/NetworkAddressBlock',
  (work, id) => removeLink(work, Number(id)),
);

export const networkAddressBlockHandlers = [
  createNetworkAddressBlock,
  changeNetworkAddressBlock,
  deleteNetworkAddressBlock,
];
