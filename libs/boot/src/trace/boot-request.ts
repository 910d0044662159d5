/** How a machine was served: it has the whole, there is none, it may not, or it came to no end. */
export type BootOutcome = 'served' | 'missing' | 'refused' | 'broken off';

export const BOOT_OUTCOMES: readonly BootOutcome[] = ['served', 'missing', 'refused', 'broken off'];

/** How a machine asked: for an address, a file over TFTP or HTTP, or a document of the server. */
export type BootKind = 'lease' | 'tftp' | 'http' | 'document';

export const BOOT_KINDS: readonly BootKind[] = ['lease', 'tftp', 'http', 'document'];

/** What a machine has asked for while it boots, and what it was given. */
export interface BootRequest {
  /** ISO 8601. */
  readonly time: string;
  /** Where it asked from; of a lease the address that it has got. */
  readonly address: string;
  /** Undefined: it is not known. */
  readonly mac: string | undefined;
  readonly kind: BootKind;
  /** The name of the file, or the kind of document. */
  readonly what: string;
  readonly outcome: BootOutcome;
  /** In octets. */
  readonly size: number;
  readonly durationMs: number;
  /** What else there is to be said, in words. */
  readonly detail: string;
}

/** What serves files knows of a request. */
export type ServedRequest = Omit<BootRequest, 'mac'>;
