/** How machines boot over the network, and for how long they are leased addresses. */
export interface DhcpSettings {
  /** Where machines reach the server: `http://contractor`, without a path. */
  readonly bootUrl: string;
  /** IPv4 address of the TFTP server with the boot files; undefined: firmware is given none. */
  readonly tftp: string | undefined;
  /** Where the boot files are over HTTP, for UEFI that boots so; without a slash at the end. */
  readonly filesUrl: string | undefined;
  /** What the boot files of machines in pools are named after; undefined: they are given none. */
  readonly console: string | undefined;
  /** In seconds. */
  readonly staticLease: number;
  readonly dynamicLease: number;
  /** Addresses of relays that are in none of the addresses of their subnet, by subnet. */
  readonly relays: ReadonlyMap<string, readonly string[]>;
}

/** Where iPXE fetches what it runs: the server knows the machine by its address. */
export const bootScriptUrl = (bootUrl: string): string => `${bootUrl}/config/boot_script/`;
