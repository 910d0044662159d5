import { formatAddress, InvalidAddress, parseAddress } from '#ipam';
import type { RecordType } from '../record-text.ts';
import { RECORD_TYPES } from '../record-text.ts';

/** A record as it stands in a zone. */
export interface ZoneRecord {
  /** The whole name, without the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  /** As it is written. */
  readonly data: string;
}

const LINE = /^(\S+)\s+IN\s+([A-Z]+)\s+(.*)$/;
const isType = (text: string): text is RecordType => (RECORD_TYPES as readonly string[]).includes(text);

/** The records of a zone file of ours but its SOA, in their order. @param zone its domain, without the dot at the end */
export const recordsIn = (text: string, zone: string): readonly ZoneRecord[] =>
  text.split('\n').flatMap((line) => {
    const [, name = '', type = '', data = ''] = LINE.exec(line) ?? [];
    return isType(type) ? [{ name: wholeName(name, zone), type, data: data.trim() }] : [];
  });

const wholeName = (name: string, zone: string): string => {
  if (name === '@') return zone;
  return name.endsWith('.') ? name.slice(0, -1) : `${name}.${zone}`;
};

const bareName = (name: string): string => name.replace(/\.$/, '').toLowerCase();

/** What a record says, in one form, so that what a name server answers can be held against it. */
export function comparable(type: RecordType, data: string): string {
  switch (type) {
    case 'A':
    case 'AAAA':
      return comparableAddress(data);
    case 'TXT':
      return plainText(data);
    default: {
      const words = data.trim().split(/\s+/);
      return [...words.slice(0, -1).map(Number), bareName(words.at(-1) ?? '')].join(' ');
    }
  }
}

function comparableAddress(text: string): string {
  try {
    return formatAddress(parseAddress(text.trim()));
  } catch (error) {
    if (error instanceof InvalidAddress) return text.trim();
    throw error;
  }
}

/** The text of a TXT record: its pieces without quotes, one behind the other. */
function plainText(data: string): string {
  const octets: number[] = [];
  for (const [, piece = ''] of data.matchAll(/"((?:[^"\\]|\\.)*)"/g)) {
    for (const [whole, digits, escaped] of piece.matchAll(/\\(\d{3})|\\(.)|[^\\]/g)) {
      if (digits === undefined) octets.push((escaped ?? whole).charCodeAt(0));
      else octets.push(Number(digits));
    }
  }
  return Buffer.from(octets).toString('utf8');
}
