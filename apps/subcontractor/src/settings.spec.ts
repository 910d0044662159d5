import { describe, expect, it } from '@jest/globals';
import { subcontractorSettings, usualName } from './settings.ts';

const known = ['iputils', 'manual'];
const readSettings = (env: Readonly<Record<string, string | undefined>>, modules: readonly string[]) =>
  subcontractorSettings(modules).read(env);
const least = { NATS_URL: 'nats://localhost', SUBCONTRACTOR_SITE: 'site1' };

describe('settings of the subcontractor', () => {
  it('need a server and a site only', () => {
    expect(readSettings(least, known)).toEqual({
      natsUrl: 'nats://localhost',
      natsTransport: {},
      sites: ['site1'],
      limits: { iputils: 5, manual: 5 },
      user: 'subcontractor',
      password: 'subcontractor',
      pollInterval: 20_000,
      maxRequested: 100,
      stopTimeout: 60_000,
      sshHostKeys: 'first-use',
      vaultVerifyTls: true,
      libvirtDirectory: '/var/lib/libvirt/t3kton',
      ipmiCipherSuite: 3,
      redfishLogin: 'basic',
      redfishVerifyTls: false,
      dhcpInterval: 5000,
      dhcpStaticLease: 3600,
      dhcpDynamicLease: 600,
      dhcpConsole: 'console',
      ipxe: '/usr/lib/ipxe',
      squidListen: '3128',
      squidFolder: '/var/spool/squid',
      squidMegabytes: 10_000,
      logLevel: 'info',
    });
    expect(usualName()).toMatch(new RegExp(`-${process.pid}$`));
  });

  it('take relays by their subnets, however those are written', () => {
    const SUBCONTRACTOR_DHCP_RELAYS = '10.9.0.1=10.1.0.5/24, 10.9.0.2=10.1.0.0/24,2001:DB8:0::1=2001:DB8:0:1::7/64';
    expect(readSettings({ ...least, SUBCONTRACTOR_DHCP_RELAYS }, known).dhcpRelays).toEqual(
      new Map([
        ['10.1.0.0/24', ['10.9.0.1', '10.9.0.2']],
        ['2001:db8:0:1::/64', ['2001:db8::1']],
      ]),
    );
  });

  it('need no NATS where a server is polled, and log in there with the token', () => {
    const polled = { SUBCONTRACTOR_SERVER: 'https://contractor', SUBCONTRACTOR_SITE: 'a, b', SUBCONTRACTOR_TOKEN: 't' };
    expect(readSettings(polled, known)).toMatchObject({
      server: 'https://contractor',
      sites: ['a', 'b'],
      password: 't',
    });
    expect(readSettings({ ...polled, SUBCONTRACTOR_PASSWORD: 'p' }, known)).toMatchObject({ password: 'p' });
  });

  it.each([
    ['iputils:2,manual:0', { iputils: 2, manual: 0 }],
    ['iputils', { iputils: 5 }],
    [' subcontractor_plugins.iputils : 7 ', { iputils: 7 }],
    ['', { iputils: 5, manual: 5 }],
  ])('SUBCONTRACTOR_MODULES=%j', (value, limits) => {
    expect(readSettings({ ...least, SUBCONTRACTOR_MODULES: value }, known).limits).toEqual(limits);
  });

  it.each([
    ['NATS_URL', undefined, 'NATS_URL is not set: must name a server, such as nats://localhost:4222'],
    ['NATS_URL', 'http://me:s3cret@a', 'NATS_URL="…": an address of NATS is not of the form'],
    ['SUBCONTRACTOR_SITE', '', 'SUBCONTRACTOR_SITE is not set: must be the name of a site'],
    ['SUBCONTRACTOR_SITE', 'a.b', 'SUBCONTRACTOR_SITE="a.b": must be the name of a site'],
    ['SUBCONTRACTOR_SITE', 'a,b,a', 'SUBCONTRACTOR_SITE="a,b,a": must name each site once'],
    ['SUBCONTRACTOR_SERVER', 'contractor', 'SUBCONTRACTOR_SERVER="…": must begin with http:// or https://'],
    ['SUBCONTRACTOR_SERVER', 'http://me:s3cret@a/', 'SUBCONTRACTOR_SERVER="…": must not end with "/"'],
    ['SUBCONTRACTOR_SERVER', 'http://a/api', 'SUBCONTRACTOR_SERVER="…": must be without a path'],
    ['SUBCONTRACTOR_PROXY', 'socks://a', 'SUBCONTRACTOR_PROXY="…": must begin with http://'],
    ['SUBCONTRACTOR_POLL_INTERVAL', '0', 'must be a whole number from 1 to 3600'],
    ['SUBCONTRACTOR_MAX_TASKS', '0', 'must be a whole number from 1 to 1000'],
    ['SUBCONTRACTOR_VAULT', 'keepass', 'SUBCONTRACTOR_VAULT="keepass": must be one of hashicorp'],
    ['SUBCONTRACTOR_VAULT', 'hashicorp', 'SUBCONTRACTOR_VAULT_URL is not set: must name the vault'],
    ['SUBCONTRACTOR_VAULT_VERIFY_TLS', 'maybe', 'must be true or false'],
    ['SUBCONTRACTOR_NAME', 'a b', 'SUBCONTRACTOR_NAME="a b": must be 1 to 100 printable ASCII characters'],
    ['SUBCONTRACTOR_MODULES', 'ipmi:5', 'SUBCONTRACTOR_MODULES="ipmi:5": "ipmi" must be one of iputils, manual'],
    ['SUBCONTRACTOR_MODULES', 'iputils:5,', '"" must be one of iputils, manual'],
    ['SUBCONTRACTOR_MODULES', 'iputils,iputils:5', '"iputils" must be named once'],
    ['SUBCONTRACTOR_MODULES', 'iputils:five', 'the limit of "iputils" must be a whole number from 0 (off) to 1000'],
    ['SUBCONTRACTOR_MODULES', 'iputils:1.5', 'the limit of "iputils" must be a whole number'],
    ['SUBCONTRACTOR_MODULES', 'iputils:1:2', 'the limit of "iputils" must be a whole number'],
    ['SUBCONTRACTOR_MODULES', 'iputils:0', 'must leave at least one module on'],
    [
      'SUBCONTRACTOR_KEA4',
      '/run/kea/kea4.sock',
      'SUBCONTRACTOR_SERVER is not set: must name the server where there is DHCP',
    ],
    ['SUBCONTRACTOR_DHCP_TFTP', 'boot', 'SUBCONTRACTOR_DHCP_TFTP="boot": must be an IPv4 address'],
    ['SUBCONTRACTOR_DHCP_BOOT_URL', 'http://a/', 'SUBCONTRACTOR_DHCP_BOOT_URL="http://a/": must not end with "/"'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '10.9.0.1', 'must be relays with the subnet of each: 10.9.0.1=10.1.0.0/24'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '999.1.1.1=10.1.0.0/24', 'the relay "999.1.1.1" is no address'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '010.1.1.1=10.1.0.0/24', 'the relay "010.1.1.1" is no address'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '10.9.0.1=10.1.0/24', '"10.1.0/24" is no subnet'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '10.9.0.1=010.1.0.0/24', '"010.1.0.0/24" is no subnet'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '10.9.0.1=10.1.0.0/33', '"10.1.0.0/33" is no subnet'],
    ['SUBCONTRACTOR_DHCP_RELAYS', '10.9.0.1=2001:db8::/64', 'is of another kind than its subnet'],
    ['SUBCONTRACTOR_DHCP_PROBE', '10.0.0.2:0', 'must be an IPv4 address, perhaps with a port: 10.0.0.2:67'],
    ['SUBCONTRACTOR_DHCP_CONSOLE', '../x', 'must be a console, such as console or ttyS0, or none'],
    ['SUBCONTRACTOR_SSH_HOST_KEYS', 'none', 'SUBCONTRACTOR_SSH_HOST_KEYS="none": must be'],
    [
      'SUBCONTRACTOR_SSH_HOST_KEYS',
      'strict',
      'SUBCONTRACTOR_SSH_KNOWN_HOSTS is not set: must be the file of the known hosts',
    ],
  ])('%s=%j is refused', (key, value, fault) => {
    expect(() => readSettings({ ...least, [key]: value }, known)).toThrow(fault);
  });
});
