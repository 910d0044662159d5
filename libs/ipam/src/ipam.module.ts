import type { FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApiModule } from '#api';
import { EventSourcingModule, Features } from '#event-sourcing';
import { addressModel } from './address/address.api.ts';
import { addressHandlers } from './address/address.commands.ts';
import { address } from './address/address.ts';
import { addresses } from './address/addresses.ts';
import { baseAddressModel } from './address/base-address.api.ts';
import { holderAddresses } from './address/holder-addresses.ts';
import { dynamicAddressModel, pxeExtension, reservedAddressModel } from './address/pool-address.api.ts';
import { poolAddressHandlers } from './address/pool-address.commands.ts';
import { usedOffsets } from './address/used-offsets.ts';
import { addressBlockModel, addressBlockUsers } from './block/address-block.api.ts';
import { addressBlockHandlers } from './block/address-block.commands.ts';
import { addressBlock } from './block/address-block.ts';
import { addressBlocks } from './block/address-blocks.ts';
import { siteAddresses } from './block/site-addresses.api.ts';
import { siteBlocks } from './block/site-blocks.ts';
import { Holders } from './holders.ts';
import { ipamUndos } from './ipam.undo.ts';
import { addressLoans } from './loan/address-loans.ts';
import { networkAddressBlockModel } from './network/network-address-block.api.ts';
import { networkAddressBlockHandlers } from './network/network-address-block.commands.ts';
import { networkAddressBlock } from './network/network-address-block.ts';
import { networkAddressBlocks } from './network/network-address-blocks.ts';
import { networkModel, networkUsers } from './network/network.api.ts';
import { networkHandlers } from './network/network.commands.ts';
import { networkName } from './network/network-name.ts';
import { network } from './network/network.ts';
import { networks } from './network/networks.ts';

const undo: FactoryProvider = {
  provide: Symbol('undoing of ipam'),
  inject: [Features, Holders],
  useFactory: (features: Features, holders: Holders) => features.add({ undo: ipamUndos(holders) }),
};

/** Address blocks, the addresses that are given out of them, and the networks they are used on. */
@Module({
  imports: [
    EventSourcingModule.forFeature({
      deciders: [
        addressBlock,
        siteBlocks,
        address,
        addressLoans,
        holderAddresses,
        network,
        networkName,
        networkAddressBlock,
      ],
      readModels: [addressBlocks, addresses, usedOffsets, networks, networkAddressBlocks],
    }),
    ApiModule.forFeature({
      namespaces: [{ name: 'Utilities', position: 60 }],
      models: [
        addressBlockModel,
        networkModel,
        networkAddressBlockModel,
        baseAddressModel,
        addressModel,
        reservedAddressModel,
        dynamicAddressModel,
      ],
      extensions: [addressBlockUsers, ...networkUsers, pxeExtension, siteAddresses],
    }),
  ],
  providers: [
    Holders,
    undo,
    ...addressBlockHandlers,
    ...addressHandlers,
    ...poolAddressHandlers,
    ...networkHandlers,
    ...networkAddressBlockHandlers,
  ],
  exports: [Holders],
})
export class IpamModule {}
