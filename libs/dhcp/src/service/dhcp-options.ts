import type { Logger } from '#kernel';
import type { DhcpSettings } from '../kea/boot-settings.ts';
import type { DiscoverTarget } from '../kea/discover.ts';
import type { Lease } from '../kea/kea-leases.ts';
import type { KeaState } from '../kea/kea-driver.ts';
import type { Interfaces } from '../kea/local-links.ts';
import type { SubnetSource } from './site-answers.ts';
import type { LeaseServer } from './lease-reporter.ts';
import type { WrittenRadvd } from './router-advertisements.ts';

/** The server, as far as DHCP asks it. */
export interface DhcpSource extends LeaseServer, SubnetSource {}

/** What DHCP is served with. */
export interface DhcpOptions {
  readonly sites: readonly string[];
  readonly source: DhcpSource;
  /** The control sockets of Kea's servers. */
  readonly kea4: string | undefined;
  readonly kea6: string | undefined;
  readonly settings: DhcpSettings;
  /** Where DHCPv4 is asked for a lease as a proof; undefined: where Kea listens on this machine. */
  readonly probe: DiscoverTarget | undefined;
  readonly radvd: WrittenRadvd | undefined;
  /** The configuration of a dnsmasq that is a proxy beside a site's own DHCP server; undefined: there is none. */
  readonly proxyFile: string | undefined;
  /** Where what was served well is kept; undefined: nowhere. */
  readonly cacheFile: string | undefined;
  /** Between two looks at the server and Kea, in milliseconds. */
  readonly everyMs: number;
  /** Told which leases hold, whenever Kea was asked; undefined: nobody is. */
  readonly onLeases?: (leases: readonly Lease[]) => void;
  readonly log: Logger;
  /** Those of this machine unless said otherwise. */
  readonly interfaces?: () => Interfaces;
}

/** How DHCP is getting on, of one server of Kea's. */
export interface DhcpServerStatus extends KeaState {
  readonly server: 'dhcp4' | 'dhcp6';
  readonly subnets: number;
  readonly machines: number;
  /** Undefined: Kea cannot be asked for them. */
  readonly leases: number | undefined;
}

/** How DHCP is getting on. */
export interface DhcpStatus {
  readonly servers: readonly DhcpServerStatus[];
  /** What is left out, in words. */
  readonly refused: readonly string[];
  /** Why the server cannot be asked, or told of leases, or files not be written. */
  readonly fault: string | undefined;
}

/** DHCP that is being served. */
export interface DhcpService {
  status(): DhcpStatus;
  /** Ends; Kea goes on with what it has. */
  stop(): Promise<void>;
}
