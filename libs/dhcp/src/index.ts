export { DhcpModule } from './dhcp.module.ts';
export { leases } from './lease/leases.ts';
export type { SiteSubnet, SubnetMachine } from './subnets/site-subnet.ts';
