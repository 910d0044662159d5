import type { TftpOptions } from './tftp-packets.ts';

/** What a transfer is made by. */
export interface TftpTerms {
  /** Octets of a block. */
  readonly blockSize: number;
  /** How many blocks are sent before one is waited for. */
  readonly window: number;
  /** How long an answer may take until it is sent again, in milliseconds. */
  readonly timeoutMs: number;
  /** What is agreed to; empty: nothing was asked for that is known. */
  readonly agreed: TftpOptions;
}

const USUAL_BLOCK = 512;
const USUAL_TIMEOUT_MS = 1000;
/** The largest block: a frame of Ethernet without the headers of IP, UDP and TFTP; larger ones would come in pieces. */
const MAX_BLOCK = 1468;
/** The largest window that is agreed to, in blocks. */
const MAX_WINDOW = 16;
/** The longest time a client may ask for, in seconds. */
const MAX_TIMEOUT_S = 30;

/** Agrees to options of a client (RFC 2348, RFC 2349, RFC 7440); what it does not know or cannot be, it leaves out. */
export function agreeTerms(asked: TftpOptions, size: number): TftpTerms {
  const agreed = new Map<string, string>();
  const agree = (name: string, within: readonly [least: number, most: number], limit: number): number | undefined => {
    const value = numberIn(asked.get(name), within);
    if (value === undefined) return undefined;
    const taken = Math.min(value, limit);
    agreed.set(name, String(taken));
    return taken;
  };
  const blockSize = agree('blksize', [8, 65_464], MAX_BLOCK) ?? USUAL_BLOCK;
  const window = agree('windowsize', [1, 65_535], MAX_WINDOW) ?? 1;
  // A time cannot be answered by another one.
  const seconds = agree('timeout', [1, MAX_TIMEOUT_S], MAX_TIMEOUT_S);
  if (asked.has('tsize')) agreed.set('tsize', String(size));
  return { blockSize, window, timeoutMs: seconds === undefined ? USUAL_TIMEOUT_MS : seconds * 1000, agreed };
}

function numberIn(text: string | undefined, [least, most]: readonly [number, number]): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
