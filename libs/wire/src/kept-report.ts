import type { Report } from './wire.ts';

/** A report that the wire did not hold yet, with where it belongs. */
export interface KeptReport {
  /** Over which transport, and to whom: the id of an installation on NATS, or the address of the server that is polled. */
  readonly to: string;
  readonly site: string;
  readonly module: string;
  readonly report: Report;
}

/** Where reports are kept that the wire does not hold yet, beyond the end of the process. */
export interface ReportStore {
  /** Whether there is room for one more. */
  readonly room: boolean;
  /** Those that were kept by earlier processes, and those that are kept now. */
  readonly kept: readonly KeptReport[];
  /** Resolves when the report outlives the process. */
  keep(report: KeptReport): Promise<void>;
  /** The wire holds it, or refuses it for ever. */
  remove(report: KeptReport): Promise<void>;
}

const NATS = 'nats:';

/** Names of receivers in {@link KeptReport.to}. */
export const toInstallation = (installation: string): string => `${NATS}${installation}`;
export const installationOf = (to: string): string => to.slice(NATS.length);
export const toServer = (server: string): string => `poll:${server}`;
