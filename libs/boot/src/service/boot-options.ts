import type { Lease, SiteSubnet } from '#dhcp/agent';
import type { Logger } from '#kernel';
import type { BootFiles } from '../files/boot-files.ts';
import type { ListenAt } from '../files/tftp-server.ts';
import type { SquidSettings } from './squid-configuration.ts';
import type { ToldRequest } from './boot-reporter.ts';

/** The server, as far as boot services ask it. */
export interface BootSource {
  /** What is to be served of a site. */
  subnets(site: string): Promise<readonly SiteSubnet[]>;
  /** Tells what machines at a site have asked for. */
  report(site: string, requests: readonly ToldRequest[]): Promise<void>;
  /** Whether what was refused would be refused again. */
  isFinal(error: unknown): boolean;
}

/** A Squid whose configuration is written here. */
export interface WrittenSquid {
  readonly file: string;
  /** The file with the number of its process, which is told to read its configuration; undefined: nobody is told. */
  readonly pidFile: string | undefined;
  readonly settings: SquidSettings;
}

/** A chrony to whose configuration is added here. */
export interface WrittenChrony {
  readonly file: string;
  /** Whom it asks, besides those of its own file. */
  readonly servers: readonly string[];
}

/** What machines boot from. */
export interface BootOptions {
  readonly sites: readonly string[];
  readonly source: BootSource;
  readonly files: BootFiles;
  /** Where files are served; undefined: not over this. */
  readonly tftp: ListenAt | undefined;
  readonly http: ListenAt | undefined;
  /** Where the server has the boot scripts of machines, which wait for it here; undefined: machines cannot ask there. */
  readonly scripts: string | undefined;
  readonly squid: WrittenSquid | undefined;
  readonly chrony: WrittenChrony | undefined;
  readonly log: Logger;
}

/** A server of files, and how many requests are under way. */
export interface FileServerStatus {
  readonly server: 'tftp' | 'http';
  readonly port: number;
  readonly active: number;
}

/** How booting is getting on. */
export interface BootStatus {
  readonly servers: readonly FileServerStatus[];
  /** Requests that wait to be told to the server, and those that were forgotten. */
  readonly untold: number;
  readonly forgotten: number;
  /** Why the server cannot be asked or told, or files not be written. */
  readonly fault: string | undefined;
}

/** Boot services that run. */
export interface BootService {
  /** Takes what leases hold: those that were given are told to the server. */
  readonly sawLeases: (leases: readonly Lease[]) => void;
  status(): BootStatus;
  /** Ends; what cannot be told then is lost. */
  stop(): Promise<void>;
}
