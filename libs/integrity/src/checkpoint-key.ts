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

/** The keys of a server: the one it signs with, and the one before, with which it endorses that. */
export interface CheckpointKeys {
  readonly key: CheckpointKey;
  readonly former: CheckpointKey | undefined;
}

/** What the settings say of the keys; undefined: those in files of the data directory. */
export interface CheckpointKeySettings {
  readonly checkpointKey: Buffer | undefined;
  readonly checkpointKeyFormer: Buffer | undefined;
}

/** The keys of a server; the one it signs with is made where there is none. @throws BadSetting where a file holds none */
export async function checkpointKeys(settings: CheckpointKeySettings, directory: string): Promise<CheckpointKeys> {
  const seed = await keyFromFile({ set: settings.checkpointKey, directory, file: FILE, setting: SETTING });
  const former = settings.checkpointKeyFormer ?? (await keptKey({ directory, file: FORMER_FILE, setting: FORMER_SETTING }));
  return { key: checkpointKey(seed), former: former && checkpointKey(former) };
}

/** Has the next start make a new key; the one of now endorses it then. @returns the public key of now; undefined: there is none */
export async function rotateCheckpointKey(directory: string): Promise<CheckpointKeys> {
  const before = await keptKey({ directory, file: FILE, setting: SETTING });
  if (before) await rename(path.join(directory, FILE), path.join(directory, FORMER_FILE));
  const none = { checkpointKey: undefined, checkpointKeyFormer: undefined };
  return checkpointKeys(none, directory);
}

/** A key for tests and for who wants none in a file. */
export const newCheckpointKey = (): CheckpointKey => checkpointKey(randomBytes(32));
