import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Stands before the key, as Standard Webhooks have it. */
const PREFIX = 'whsec_';
const KEY_BYTES = 32;

/** A new signing key: `whsec_` and 32 random bytes in Base64. */
export const newSigningKey = (): string => `${PREFIX}${randomBytes(KEY_BYTES).toString('base64')}`;

/** What a delivery is known by, and what it says. */
export interface Signed {
  /** Of the delivery; stays the same however often it is sent. No full stop in it. */
  readonly id: string;
  /** When it is sent, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** HMAC-SHA256 over `<id>.<timestamp>.<body>`, as the header has it: `v1,<Base64>`. */
export function signatureOf(key: string, { id, timestamp, body }: Signed): string {
  const bytes = Buffer.from(key.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The headers of Standard Webhooks; a signature by each key, separated by blanks. */
export const signedHeaders = (signed: Signed, keys: readonly string[]): Readonly<Record<string, string>> => ({
  'webhook-id': signed.id,
  'webhook-timestamp': String(signed.timestamp),
  'webhook-signature': keys.map((key) => signatureOf(key, signed)).join(' '),
});

/** Whether one of the signatures in a header is that of a key. */
export function isSignedBy(key: string, signed: Signed, header: string): boolean {
  const expected = Buffer.from(signatureOf(key, signed));
  return header
    .split(' ')
    .map((one) => Buffer.from(one))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
