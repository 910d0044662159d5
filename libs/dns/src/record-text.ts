import { Buffer } from 'node:buffer';

/** Kinds of records, in the order they stand in a zone. */
export const RECORD_TYPES = ['NS', 'MX', 'SRV', 'A', 'AAAA', 'CNAME', 'PTR', 'TXT'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** How wide names are written. */
const NAME_WIDTH = 50;
/** The longest piece of text in a TXT record, in octets. */
const MAX_STRING = 255;
/** The longest time a name server can be told; a longer one would be served as 0. */
const MAX_SECONDS = 2 ** 31 - 1;

/** A line of a zone file. @param name relative to the zone; `@` for the zone itself */
export const recordLine = (name: string, type: RecordType, data: string): string =>
  `${name.padEnd(NAME_WIDTH)} IN ${type.padEnd(5)} ${data}`;

/** Text of one piece in which nothing is special; nearly all is. */
const PLAIN_TEXT = /^[ !#-[\]-~]{0,255}$/;

/** What a TXT record says: quoted, with what is special in a zone file escaped, in pieces of 255 octets at most. */
export function txtData(text: string): string {
  if (PLAIN_TEXT.test(text)) return `"${text}"`;
  const octets = Buffer.from(text, 'utf8');
  const pieces: string[] = [];
  for (let at = 0; at < Math.max(octets.length, 1); at += MAX_STRING) {
    pieces.push(`"${Array.from(octets.subarray(at, at + MAX_STRING), escaped).join('')}"`);
  }
  return pieces.join(' ');
}

/** An octet of a quoted text. */
function escaped(octet: number): string {
  if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
  if (octet >= 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\${String(octet).padStart(3, '0')}`;
}

/** What an SRV record says. */
export const srvData = (priority: number, weight: number, port: number, target: string): string =>
  `${String(priority).padStart(4)} ${String(weight).padStart(4)} ${String(port).padStart(5)} ${target}`;

/** A time of a zone, in seconds, as a name server understands it. */
export const seconds = (given: number): number => Math.min(Math.max(Math.trunc(given), 0), MAX_SECONDS);
