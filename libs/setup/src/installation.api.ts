import { boolean, defineModel, integer, map, parameter, staticAction, text } from '#api';
import { Secret } from '#kernel';
import { SetUp } from './set-up.commands.ts';

/** The installation as a whole. It has no objects. */
export const installationModel = defineModel({
  path: 'Setup/Installation',
  doc: 'The installation as a whole: what it begins with.',
  protocols: ['rest'],
  fields: {},
  actions: {
    setUp: staticAction({
      doc:
        'Makes what a new installation begins with: a plot, zones, a site, the network of the server, a stand-in for the ' +
        'server itself, names, groups. All of it or nothing; what is there already stays as it is.',
      parameters: {
        site: text(undefined, { default: 'site1' }),
        domain: text(undefined, { default: 'site1.test', doc: 'Domain of the hosts of the site.' }),
        hostname: text(undefined, { default: 'contractor', doc: 'Host name and locator of the server itself.' }),
        plot: text(undefined, { default: 'test' }),
        network: text(undefined, { default: 'main', doc: 'Name of the network and of its address block.' }),
        interface: text(undefined, { required: true, doc: 'The interface of the server on that network.' }),
        address: text(undefined, { required: true, doc: 'The address of the server: `10.0.0.10/24`.' }),
        gateway: text(undefined, { default: null }),
        vlan: integer({ default: null, doc: 'Of the network; null: untagged.' }),
        dns_servers: parameter.text({ list: true, default: [], doc: 'None: the server itself.' }),
        ntp_servers: parameter.text({ list: true, default: ['ntp.ubuntu.com'] }),
        proxy: text(undefined, { default: null, doc: 'HTTP proxy of the hosts.' }),
        no_proxy: parameter.text({ list: true, default: [], doc: 'What is reached without the proxy.' }),
        cnames: parameter.text({
          list: true,
          default: ['static', 'proxy'],
          doc: 'Names of the server in every zone, beside `contractor`.',
        }),
        reserve: boolean({ default: true, doc: 'Sets offsets 2 to 20 aside for servers, 21 to 29 for DHCP.' }),
        superuser_username: text(undefined, {
          default: null,
          doc: 'Somebody who may do everything, beside the administrator.',
        }),
        superuser_password: text(undefined, { default: null }),
        legacy_networks: parameter.text({
          list: true,
          default: [],
          doc:
            'Blocks of addresses from which the accounts may log in that existing agents and boot images expect, with ' +
            'passwords that everybody knows; none: no such accounts.',
        }),
        dry_run: boolean({ default: false, doc: 'Only tells what would come of it.' }),
      },
      returns: map(),
      permission: { grant: 'Setup.can_set_up' },
      command: (values) =>
        new SetUp({
          site: values.site ?? '',
          domain: values.domain ?? '',
          hostname: values.hostname ?? '',
          plot: values.plot ?? '',
          network: values.network ?? '',
          interface: values.interface,
          address: values.address,
          gateway: values.gateway,
          vlan: values.vlan,
          dnsServers: values.dns_servers,
          ntpServers: values.ntp_servers,
          proxy: values.proxy,
          noProxy: values.no_proxy,
          cnames: values.cnames,
          reserves: values.reserve !== false,
          superuser:
            values.superuser_username === null
              ? null
              : { name: values.superuser_username, password: new Secret(values.superuser_password ?? '') },
          legacyNetworks: values.legacy_networks,
          dryRun: values.dry_run === true,
        }),
    }),
  },
});
