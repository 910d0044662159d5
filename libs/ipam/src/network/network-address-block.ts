import { entity } from '#kernel';

/** That a block is used on a network, and in which VLAN. */
export interface NetworkAddressBlock {
  network: number;
  block: number;
  /** 1 to 4094; 4095: a trunk; null: untagged. */
  vlan: number | null;
}

export const networkAddressBlock = entity<NetworkAddressBlock>()({
  noun: 'NetworkAddressBlock',
  title: 'Network address block',
  category: 'networkAddressBlock',
  idField: 'id',
  changes: { NetworkAddressBlockMoved: ['network', 'block'], NetworkAddressBlockTagged: 'vlan' },
});
