import { defineModel, parameter, staticAction } from '#api';
import type { FindType } from '#building';
import { seesConfigUuid } from '#building';
import { MASK } from '#kernel';
import { dynamicPools } from './dynamic-pools.ts';
import { siteSubnets } from './site-subnets.ts';
import { staticLeases } from './static-leases.ts';

const permission = { grant: 'SubContractor.can_dispatch' };
const parameters = { site: parameter.reference('Site/Site') };

/** What a DHCP server of a site serves. */
export const dhcpdModel = (findType: FindType) =>
  defineModel({
    path: 'SubContractor/DHCPd',
    doc: 'What the DHCP server of a site serves.',
    fields: {},
    actions: {
      getDynamicPools: staticAction({
        doc: 'The addresses that are leased to whoever asks, by address block.',
        parameters,
        returns: { type: { kind: 'Map' }, list: true },
        permission,
        asOf: true,
        query: ({ site }, { view }) => dynamicPools(view, String(site)),
      }),
      getStaticPools: staticAction({
        doc: 'What the machines of structures are leased, by MAC. The `config_uuid` takes its own permission.',
        parameters,
        returns: { type: { kind: 'Map' } },
        permission,
        asOf: true,
        query: ({ site }, { view, caller }) => {
          const sees = seesConfigUuid(caller);
          return staticLeases(view, String(site), findType, (uuid) => (sees ? uuid : MASK));
        },
      }),
      getSubnets: staticAction({
        doc: 'All that is served, block by block, IPv4 and IPv6. The `config_uuid` takes its own permission, and is empty without.',
        parameters,
        returns: { type: { kind: 'Map' }, list: true },
        permission,
        asOf: true,
        query: ({ site }, { view, caller }) => {
          const sees = seesConfigUuid(caller);
          return siteSubnets(view, String(site), findType, (uuid) => (sees ? uuid : ''));
        },
      }),
    },
  });
