import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { keptKey, keyFromFile } from '#secrets';

/** The files of the keys below the data directory. */
const FILE = 'checkpoint.key';
const FORMER_FILE = 'checkpoint.key.former';
const SETTING = 'CONTRACTOR_CHECKPOINT_KEY';
const FORMER_SETTING = 'CONTRACTOR_CHECKPOINT_KEY_FORMER';

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A key that signs checkpoints. */
export interface CheckpointKey {
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** Ed25519 over a text, base64url. */
  sign(text: string): string;
}

/** The key of 32 bytes. */
export function checkpointKey(seed: Buffer): CheckpointKey {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const whole = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: whole.subarray(PUBLIC_PREFIX.length).toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  };
}

const objectOf = (publicKey: string): KeyObject =>
  createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, Buffer.from(publicKey, 'base64url')]),
    format: 'der',
    type: 'spki',
  });

/** Whether a text was signed by the owner of a public key; false also where the key is none. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    return verify(null, Buffer.from(text), objectOf(publicKey), Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** A public key as other programs read it. */
export const publicKeyPem = (publicKey: string): string =>
  objectOf(publicKey).export({ format: 'pem', type: 'spki' }).toString();

/** The public key in a PEM, or as 32 bytes of base64url. @throws Error where it is none of Ed25519 */
export function publicKeyIn(text: string): string {
  const plain = text.trim();
  const key = plain.startsWith('-----') ? derOf(plain) : Buffer.from(plain, 'base64url');
  if (key?.length !== 32) throw new Error('it is no public key of Ed25519: a PEM, or 32 bytes as base64url');
  return key.toString('base64url');
}

function derOf(pem: string): Buffer | undefined {
  const der = createPublicKey(pem).export({ format: 'der', type: 'spki' });
  return der.subarray(0, PUBLIC_PREFIX.length).equals(PUBLIC_PREFIX) ? der.subarray(PUBLIC_PREFIX.length) : undefined;
}

/** The keys of a server: the one it signs with, and those that may endorse it as the ones before. */
export interface CheckpointKeys {
  readonly key: CheckpointKey;
  readonly former: readonly CheckpointKey[];
}

/** What the keys of a server are found by. */
export interface CheckpointKeyPlaces {
  /** The key in the settings; undefined: the one in a file, or else the one made of the secret key. */
  readonly set: Buffer | undefined;
  /** The key before it in the settings; undefined: the one in a file, if there is one. */
  readonly formerSet: Buffer | undefined;
  /** The data directory. */
  readonly directory: string;
  /** What the secret key gives (`Secrets.derivedKey`), the same on every server: the key where there is no other. */
  readonly made: Buffer;
}

/** The keys of a server. @throws BadSetting where a file cannot be read, or holds none */
export async function checkpointKeys({
  set,
  formerSet,
  directory,
  made,
}: CheckpointKeyPlaces): Promise<CheckpointKeys> {
  const own = set ?? (await keptKey({ directory, file: FILE, setting: SETTING }));
  const before = formerSet ?? (await keptKey({ directory, file: FORMER_FILE, setting: FORMER_SETTING }));
  const former = [before, own && made].flatMap((seed) => (seed ? [checkpointKey(seed)] : []));
  return { key: checkpointKey(own ?? made), former };
}

/**
 * Makes a new key in the file of the data directory; the one that was there is kept beside it, to endorse the new one.
 * @returns the new public key
 */
export async function rotateCheckpointKey(directory: string): Promise<string> {
  const of = { directory, file: FILE, setting: SETTING };
  if (await keptKey(of)) await rename(path.join(directory, FILE), path.join(directory, FORMER_FILE));
  return checkpointKey(await keyFromFile({ set: undefined, ...of })).publicKey;
}

/** A key of one's own, kept nowhere. */
export const newCheckpointKey = (): CheckpointKey => checkpointKey(randomBytes(32));
