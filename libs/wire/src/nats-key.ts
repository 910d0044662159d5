import { hkdfSync } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';

/** A key by which NATS knows somebody: its configuration holds the public half, who connects holds the seed. */
export interface NatsKey {
  /** As the configuration of a NATS server names it: `U…`. */
  readonly publicKey: string;
  /** `SU…`, as bytes of text. */
  readonly seed: Uint8Array;
}

/** The two bytes that a seed of a user begins with; as text they read `SU`. */
const USER_SEED = [0x95, 0];
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The key that follows from a secret: always the same one, and the secret does not follow from it. */
export function natsKey(secret: string | Uint8Array): NatsKey {
  const raw = new Uint8Array(hkdfSync('sha256', secret, '', 'contractor NATS key', 32));
  const checked = Uint8Array.from([...USER_SEED, ...raw]);
  const sum = crc16(checked);
  const seed = new TextEncoder().encode(base32([...checked, sum & 0xff, sum >> 8]));
  return { publicKey: nkeys.fromSeed(seed).getPublicKey(), seed };
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
