export { serveDhcp } from './service/dhcp-service.ts';
export type { DhcpService, DhcpSource, DhcpStatus } from './service/dhcp-options.ts';
export type { ReportedLease } from './service/lease-reporter.ts';
export { readSubnets } from './subnets/site-subnet.ts';
