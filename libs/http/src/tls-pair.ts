import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Files in PEM of the certificate of the server, with those in between, and of its key. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate with its key, as they were read. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  /** Whom the certificate names: `CN=contractor.example`. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Tells pairs apart. */
  readonly mark: string;
}

/** A pair cannot be used; the message is the rule that one of the files breaks. */
export class UnusablePair extends Error {
  readonly file: 'cert' | 'key';

  constructor(file: UnusablePair['file'], rule: string) {
    super(rule);
    this.file = file;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;

/** Reads a pair and checks that its halves belong together. @throws UnusablePair */
export function readTlsPair({ certFile, keyFile }: TlsFiles): TlsPair {
  const cert = textOf('cert', certFile);
  const key = textOf('key', keyFile);
  const own = certificateIn(cert);
  if (!own) throw new UnusablePair('cert', 'must be a file with a certificate in PEM');
  const made = privateKeyIn(key);
  if (!made) throw new UnusablePair('key', 'must be a file with a private key in PEM, without a passphrase');
  if (!own.checkPrivateKey(made)) throw new UnusablePair('key', `must be the key of the certificate in ${certFile}`);
  const expires = Date.parse(own.validTo);
  const mark = createHash('sha256').update(`${cert}\0${key}`).digest('hex');
  return { cert, key, subject: own.subject.replaceAll('\n', ', '), expires, mark };
}

function certificateIn(text: string): X509Certificate | undefined {
  const [first] = CERTIFICATE.exec(text) ?? [];
  try {
    return first === undefined ? undefined : new X509Certificate(first);
  } catch {
    // told by the caller
    return undefined;
  }
}

function privateKeyIn(text: string) {
  try {
    return createPrivateKey(text);
  } catch {
    // told by the caller
    return undefined;
  }
}

function textOf(file: UnusablePair['file'], name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw new UnusablePair(file, `must be a file that can be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
