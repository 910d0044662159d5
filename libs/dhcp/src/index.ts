export { DhcpModule } from './dhcp.module.ts';
export type { SiteSubnet, SubnetMachine } from './subnets/site-subnet.ts';
