/** What a TFTP client has sent (RFC 1350, RFC 2347). */
export type TftpMessage =
  | { readonly kind: 'read'; readonly file: string; readonly mode: string; readonly options: TftpOptions }
  | { readonly kind: 'write'; readonly file: string }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly text: string };

/** Options by their names in lower case. */
export type TftpOptions = ReadonlyMap<string, string>;

const READ = 1;
const WRITE = 2;
const DATA = 3;
const ACK = 4;
const ERROR = 5;
const OPTIONS_ACK = 6;

/** Why a transfer is refused, as the protocol numbers it. */
export const TFTP_ERROR = { undefined: 0, notFound: 1, accessViolation: 2, illegal: 4 } as const;

/** The longest text of an error that is sent or kept, in characters. */
const MAX_TEXT = 200;

/** Reads what a client has sent; undefined: it is nothing of TFTP. */
export function readTftp(packet: Buffer): TftpMessage | undefined {
  if (packet.length < 4) return undefined;
  switch (packet.readUInt16BE(0)) {
    case READ:
    case WRITE: {
      const texts = packet.toString('latin1', 2).split('\0');
      // What ends in a zero has an empty text after it.
      const [file = '', mode = '', ...rest] = texts.slice(0, -1);
      if (texts.at(-1) !== '' || file === '' || mode === '') return undefined;
      if (packet.readUInt16BE(0) === WRITE) return { kind: 'write', file: asUtf8(file) };
      const options = new Map<string, string>();
      for (let at = 0; at + 1 < rest.length; at += 2) options.set((rest[at] ?? '').toLowerCase(), rest[at + 1] ?? '');
      return { kind: 'read', file: asUtf8(file), mode: mode.toLowerCase(), options };
    }
    case ACK:
      return { kind: 'ack', block: packet.readUInt16BE(2) };
    case ERROR:
      return {
        kind: 'error',
        code: packet.readUInt16BE(2),
        text: packet
          .toString('latin1', 4)
          .replace(/\0.*$/s, '')
          .replaceAll(/[^\x20-\x7e]/g, '?')
          .slice(0, MAX_TEXT),
      };
    default:
      return undefined;
  }
}

const asUtf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

/** A block of a file. @param block counted from 1; from the 65536th on the numbers begin anew with 0 */
export function dataPacket(block: number, data: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(4 + data.length);
  packet.writeUInt16BE(DATA, 0);
  packet.writeUInt16BE(block & 0xffff, 2);
  packet.set(data, 4);
  return packet;
}

/** Which options are agreed to. */
export const optionsPacket = (options: TftpOptions): Buffer =>
  Buffer.concat([
    Buffer.of(0, OPTIONS_ACK),
    ...[...options].map(([name, value]) => Buffer.from(`${name}\0${value}\0`, 'latin1')),
  ]);

/** That there is no transfer, or no more of it. */
export const errorPacket = (code: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(0, ERROR, 0, code), Buffer.from(`${text.slice(0, MAX_TEXT)}\0`, 'latin1')]);
