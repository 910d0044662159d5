import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';

/** A key by which NATS knows somebody: its configuration holds the public half, who connects holds the seed. */
export interface NatsKey {
  /** As the configuration of a NATS server names it: `U…`. */
  readonly publicKey: string;
  /** `SU…`, as bytes of text. */
  readonly seed: Uint8Array;
}

/** What a seed of a user begins with (as text it reads `SU`), and its public key (`U`). */
const USER_SEED = [0x95, 0];
const USER = [0xa0];
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** The key that follows from a secret: always the same one, and the secret does not follow from it. */
export function natsKey(secret: string | Uint8Array): NatsKey {
  const raw = new Uint8Array(hkdfSync('sha256', secret, '', 'contractor NATS key', KEY_BYTES));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
  return { publicKey: encoded(USER, publicKey), seed: new TextEncoder().encode(encoded(USER_SEED, raw)) };
}

/** A key as text: what it is, its bytes and their checksum. */
function encoded(prefix: readonly number[], key: Uint8Array): string {
  const bytes = Uint8Array.from([...prefix, ...key]);
  const sum = crc16(bytes);
  return base32([...bytes, sum & 0xff, sum >> 8]);
}

/** The checksum of keys on NATS: CRC-16 XMODEM. */
function crc16(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1) & 0xffff;
  }
  return sum;
}

function base32(bytes: readonly number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE_32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}
