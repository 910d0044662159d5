export { serveDhcp } from './service/dhcp-service.ts';
export type { DhcpOptions, DhcpService, DhcpSource, DhcpStatus } from './service/dhcp-service.ts';
export type { DhcpSettings } from './kea/boot-settings.ts';
export type { ReportedLease } from './service/lease-reporter.ts';
export { readSubnets } from './subnets/site-subnet.ts';
