export type { Lease } from './kea/kea-leases.ts';
export { hangUp } from './service/hang-up.ts';
export { replaceChanged } from './service/replace-file.ts';
export { serveDhcp } from './service/dhcp-service.ts';
export type { DhcpService, DhcpSource, DhcpStatus } from './service/dhcp-options.ts';
export type { ReportedLease } from './service/lease-reporter.ts';
export { readSubnets } from './subnets/site-subnet.ts';
export type { SiteSubnet } from './subnets/site-subnet.ts';
export { isIn, numbered, numberedSubnet } from './subnets/address-range.ts';
