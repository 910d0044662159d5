import type { Server } from 'node:https';
import type { TlsFiles, TlsPair } from './tls-pair.ts';
import { readTlsPair, UnusablePair } from './tls-pair.ts';

/** How often it is looked whether the files hold another pair, in milliseconds. */
const LOOK_MS = 2000;

/** Told of what becomes of the certificate. */
export interface TlsCertificateOptions {
  readonly onRenewed?: (pair: TlsPair) => void;
  /** Once for each reason. */
  readonly onRefused?: (reason: string) => void;
  readonly lookMs?: number;
}

/** How the certificate is. */
export interface TlsState {
  readonly subject: string;
  /** ISO 8601. */
  readonly expires: string;
  /** Why the files do not count and the pair before does; undefined: they do. */
  readonly refused: string | undefined;
  readonly expired: boolean;
}

/**
 * The certificate of an HTTPS server, which is read anew where its files change, or when that is asked for. A pair that
 * cannot be used is refused, and the one before stays. Connections that are open keep the one they began with.
 *
 * Files are replaced one after the other, and may be read half written: a look refuses only what the look before could
 * not use either. A reading that is asked for refuses at once.
 */
export class TlsCertificate {
  readonly #files: TlsFiles;
  readonly #options: TlsCertificateOptions;
  #pair: TlsPair;
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #refused: string | undefined;
  /** Why the last look could not use the files. */
  #unusable: string | undefined;

  /** @throws UnusablePair */
  constructor(files: TlsFiles, options: TlsCertificateOptions = {}) {
    this.#files = files;
    this.#options = options;
    this.#pair = readTlsPair(files);
  }

  /** The pair in use. */
  get pair(): TlsPair {
    return this.#pair;
  }

  get state(): TlsState {
    const { subject, expires } = this.#pair;
    return {
      subject,
      expires: new Date(expires).toISOString(),
      refused: this.#refused,
      expired: expires < Date.now(),
    };
  }

  /** Has a server use it, and looks after the files from now on. */
  serve(server: Server): void {
    this.#server = server;
    this.#timer = setInterval(() => this.#look(), this.#options.lookMs ?? LOOK_MS).unref();
  }

  /** Reads the files now. */
  reload(): void {
    this.#refuse(this.#read());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const before = this.#unusable;
    this.#unusable = this.#read();
    if (this.#unusable === undefined || this.#unusable === before) this.#refuse(this.#unusable);
  }

  /** Uses the pair in the files if it is another. @returns Why it cannot be used. */
  #read(): string | undefined {
    try {
      const pair = readTlsPair(this.#files);
      if (pair.mark === this.#pair.mark) return undefined;
      const now = Date.now();
      if (pair.expires < now && this.#pair.expires >= now) {
        throw new UnusablePair('cert', `is not valid any more since ${new Date(pair.expires).toISOString()}`);
      }
      this.#server?.setSecureContext({ cert: pair.cert, key: pair.key });
      this.#pair = pair;
      this.#options.onRenewed?.(pair);
      return undefined;
    } catch (error) {
      return this.#reasonOf(error);
    }
  }

  #refuse(reason: string | undefined): void {
    if (reason !== undefined && reason !== this.#refused) this.#options.onRefused?.(reason);
    this.#refused = reason;
  }

  #reasonOf(error: unknown): string {
    if (!(error instanceof UnusablePair)) return (error as Error).message;
    return `${error.file === 'cert' ? this.#files.certFile : this.#files.keyFile} ${error.message}`;
  }
}
