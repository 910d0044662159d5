/** How the body of a message is delimited, and whether its head asks for another protocol. */
export interface MessageHead {
  /** Bytes of a body without chunks; 0 when there is none. */
  readonly length: number;
  readonly chunked: boolean;
  readonly upgrade: boolean;
}

/** Fields of a head that decide where the message ends. */
interface FramingFields {
  hosts: number;
  length: number | undefined;
  chunked: boolean;
  protocol: boolean;
  upgrade: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

const classOf = (member: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (member(byte) ? 1 : 0));

/** Bytes of a token (RFC 9110, 5.6.2): methods, field names. */
export const TOKEN_BYTES = classOf((byte) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)));
const VALUE_BYTES = classOf((byte) => byte === TAB || (byte >= SPACE && byte !== 0x7f));
/** Bytes of a request target. */
export const TARGET_BYTES = classOf((byte) => byte > SPACE && byte !== 0x7f);

/**
 * Reads what follows the method up to and including the empty line (RFC 9112, sections 3 to 6), stricter than Node's
 * parser everywhere: whatever two readers could see differently is refused. Answers a reason when it is.
 */
export function readHead(bytes: Buffer): MessageHead | string {
  let at = 1;
  while (TARGET_BYTES[bytes[at]!] === 1) at++;
  const current = startsWith(bytes, at, ' HTTP/1.1\r\n');
  if (at === 1 || !(current || startsWith(bytes, at, ' HTTP/1.0\r\n'))) return 'Malformed request line';
  const fields = readFields(bytes, at + ' HTTP/1.1\r\n'.length);
  if (typeof fields === 'string') return fields;
  if (fields.hosts > 1 || (current && fields.hosts === 0)) return 'Exactly one Host is required';
  if (fields.chunked && !current) return 'Transfer-Encoding is not defined in HTTP/1.0';
  if (fields.chunked && fields.length !== undefined) return 'Content-Length together with Transfer-Encoding';
  return { length: fields.length ?? 0, chunked: fields.chunked, upgrade: fields.protocol && fields.upgrade };
}

/** Reads the trailer section of a chunked body, the line ends before and after it included; a reason when refused. */
export function readTrailers(bytes: Buffer): undefined | string {
  const fields = readFields(bytes, 2);
  if (typeof fields === 'string') return fields;
  return fields.chunked || fields.length !== undefined ? 'Framing field in a trailer' : undefined;
}

/** Reads the size in a chunk's first line (its extensions are skipped); undefined when it is malformed. */
export function readChunkSize(line: Buffer): number | undefined {
  const [, size] = /^([0-9A-Fa-f]{1,12})(?:;[\t\x20-\x7e\x80-\xff]+)?\r\n$/.exec(line.toString('latin1')) ?? [];
  return size === undefined ? undefined : Number.parseInt(size, 16);
}

function readFields(bytes: Buffer, start: number): FramingFields | string {
  const fields: FramingFields = { hosts: 0, length: undefined, chunked: false, protocol: false, upgrade: false };
  const end = bytes.length - 2;
  let at = start;
  while (at < end) {
    const name = at;
    while (TOKEN_BYTES[bytes[at]!] === 1) at++;
    if (at === name || bytes[at] !== COLON) return 'Malformed field name';
    const value = ++at;
    while (VALUE_BYTES[bytes[at]!] === 1) at++;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return 'Malformed field value';
    const reason = take(fields, bytes, name, value, at);
    if (reason !== undefined) return reason;
    at += 2;
  }
  return fields;
}

function take(fields: FramingFields, bytes: Buffer, name: number, value: number, end: number): string | undefined {
  switch (value - 1 - name) {
    case 4:
      if (named(bytes, name, 'host')) fields.hosts++;
      return undefined;
    case 7:
      if (named(bytes, name, 'upgrade') && text(bytes, value, end) !== '') fields.protocol = true;
      return undefined;
    case 10:
      return named(bytes, name, 'connection') ? takeConnection(fields, text(bytes, value, end)) : undefined;
    case 14:
      return named(bytes, name, 'content-length') ? takeLength(fields, text(bytes, value, end)) : undefined;
    case 16:
      return named(bytes, name, 'proxy-connection') ? takeConnection(fields, text(bytes, value, end)) : undefined;
    case 17:
      return named(bytes, name, 'transfer-encoding') ? takeEncoding(fields, text(bytes, value, end)) : undefined;
    default:
      return undefined;
  }
}

/** Node's parser takes options of Proxy-Connection for options of Connection. */
function takeConnection(fields: FramingFields, value: string): string | undefined {
  if (!value.includes('upgrade')) return undefined;
  fields.upgrade = /(?:^|,)[\t ]*upgrade[\t ]*(?:,|$)/.test(value);
  return fields.upgrade ? undefined : 'Ambiguous Connection';
}

function takeLength(fields: FramingFields, value: string): string | undefined {
  if (fields.length !== undefined) return 'Several Content-Length';
  if (!/^[0-9]{1,15}$/.test(value)) return 'Malformed Content-Length';
  fields.length = Number(value);
  return undefined;
}

function takeEncoding(fields: FramingFields, value: string): string | undefined {
  if (fields.chunked || value !== 'chunked') return 'Transfer-Encoding other than chunked';
  fields.chunked = true;
  return undefined;
}

function named(bytes: Buffer, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if ((bytes[at + index]! | 0x20) !== name.charCodeAt(index)) return false;
  }
  return true;
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** A field value in lower case, the white space around it left out. */
function text(bytes: Buffer, start: number, end: number): string {
  let first = start;
  let behind = end;
  while (first < behind && isBlank(bytes[first]!)) first++;
  while (first < behind && isBlank(bytes[behind - 1]!)) behind--;
  return bytes.toString('latin1', first, behind).toLowerCase();
}

const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB;
