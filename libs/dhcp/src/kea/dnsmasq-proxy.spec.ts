import { expect, it } from '@jest/globals';
import { settings, subnet } from '../../test/example-subnets.ts';
import { dnsmasqProxy } from './dnsmasq-proxy.ts';

it('a proxy beside a DHCP server of the site’s own tells what to boot, and leases nothing', () => {
  const subnets = [subnet(), subnet({ subnet: '10.78.0.0/22' }), subnet({ subnet: '2001:db8::/64' })];
  expect(dnsmasqProxy(subnets, settings())).toBe(`port=0
dhcp-range=10.77.0.0,proxy,255.255.255.0
dhcp-range=10.78.0.0,proxy,255.255.252.0
dhcp-userclass=set:ipxe,iPXE
dhcp-boot=tag:ipxe,http://contractor/config/boot_script/
pxe-service=tag:!ipxe,x86PC,Contractor,console.kpxe,10.77.0.1
pxe-service=tag:!ipxe,x86-64_EFI,Contractor,console.efi,10.77.0.1
pxe-service=tag:!ipxe,BC_EFI,Contractor,console.efi,10.77.0.1
`);
  expect(dnsmasqProxy([], settings({ tftp: undefined }))).not.toContain('pxe-service');
});
