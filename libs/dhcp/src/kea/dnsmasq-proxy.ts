import { addressText, numberedSubnet } from '../subnets/address-range.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { DhcpSettings } from './boot-settings.ts';
import { bootScriptUrl } from './boot-settings.ts';

/** The names dnsmasq has for architectures: BIOS, and UEFI under both of its numbers. */
const BIOS = 'x86PC';
const UEFI = ['x86-64_EFI', 'BC_EFI'];

/**
 * The configuration of a dnsmasq that leases nothing, beside a DHCP server of the site's own: it tells firmware and iPXE in
 * these subnets what to boot, and is silent to everybody else.
 */
export function dnsmasqProxy(
  subnets: readonly SiteSubnet[],
  { bootUrl, tftp, console }: Pick<DhcpSettings, 'bootUrl' | 'tftp' | 'console'>,
): string {
  const ranges = subnets.flatMap(({ subnet }) => {
    const range = numberedSubnet(subnet);
    if (!range?.ipv4) return [];
    const mask = addressText({ ipv4: true, value: 0xffff_ffffn ^ (range.last - range.first) });
    return `dhcp-range=${addressText({ ipv4: true, value: range.first })},proxy,${mask}`;
  });
  const file = (architecture: string, name: string) =>
    `pxe-service=tag:!ipxe,${architecture},Contractor,${name},${tftp}`;
  const files =
    tftp === undefined || console === undefined
      ? []
      : [file(BIOS, `${console}.kpxe`), ...UEFI.map((one) => file(one, `${console}.efi`))];
  return [
    'port=0',
    ...ranges,
    'dhcp-userclass=set:ipxe,iPXE',
    `dhcp-boot=tag:ipxe,${bootScriptUrl(bootUrl)}`,
    ...files,
    '',
  ].join('\n');
}
