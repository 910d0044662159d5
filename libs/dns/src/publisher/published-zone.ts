import { backoffMs } from '#event-store';
import type { ZoneContent } from '../zone-source.ts';
import { isLaterSerial } from './serial.ts';
import type { FileMark } from './zone-files.ts';

/** How tries for one zone are spaced, in milliseconds. */
const RETRY = { firstMs: 500, maxMs: 10_000 };

/** A content of a zone with its serial. */
export interface Version {
  readonly content: ZoneContent;
  readonly serial: number;
}

/** What stands in the file of a zone; the version is undefined where another process wrote it, and it is not the wanted one. */
export interface Installed {
  readonly version: Version | undefined;
  readonly mark: FileMark;
}

/** A zone on its way from what it says to what the name server serves. */
export class PublishedZone {
  readonly name: string;
  #wanted: Version;
  /** Undefined: there is no file. */
  installed: Installed | undefined;
  /** Why the wanted version is not well-formed, in the words of the check; null: nothing is known against it. */
  bad: string | null = null;
  /** Whether its file may be another than the one that was written. */
  doubtful = false;
  /** The serial it was last served with; null: it is not, or was not asked for. */
  served: number | null = null;
  #error: string | null = null;
  #failures = 0;
  #retryAt = 0;

  constructor(wanted: Version) {
    this.name = wanted.content.name;
    this.#wanted = wanted;
  }

  get wanted(): Version {
    return this.#wanted;
  }

  /** Another version is wanted from now on. */
  want(version: Version): void {
    const { content, serial } = this.#wanted;
    if (version.content.hash === content.hash && version.serial === serial) {
      // Only the object is another: what is known of its file still holds.
      if (this.installed?.version === this.#wanted) this.installed = { ...this.installed, version };
      this.#wanted = version;
      return;
    }
    this.#wanted = version;
    this.bad = null;
    this.succeeded();
  }

  /** What keeps the wanted version from being served; null: nothing that is known. */
  get error(): string | null {
    return this.bad ?? this.#error;
  }

  /** The version its file is to have: the last good one where the wanted one is not well-formed; undefined: none is known. */
  get toInstall(): Version | undefined {
    return this.bad !== null ? this.installed?.version : this.#wanted;
  }

  /** Whether its file has to be written. */
  get needsWriting(): boolean {
    const version = this.toInstall;
    return version !== undefined && (this.doubtful || this.installed?.version !== version);
  }

  /** Whether the name server serves what stands in its file. */
  get isServed(): boolean {
    const version = this.installed?.version;
    return version === undefined
      ? this.installed === undefined || this.served !== null
      : version.serial === this.served;
  }

  /** A step did not succeed. */
  failed(error: string): void {
    this.#error = error;
    this.#failures += 1;
    this.#retryAt = performance.now() + backoffMs(this.#failures, RETRY);
  }

  succeeded(): void {
    this.#error = null;
    this.#failures = 0;
    this.#retryAt = 0;
  }

  /** What hindered it is over, perhaps: it may be tried again at once. */
  retry(): void {
    this.#retryAt = 0;
  }

  /** The serial the name server serves, where that is later than the one that is wanted: it has to be passed. */
  get laterServed(): number | undefined {
    return this.served !== null && isLaterSerial(this.served, this.#wanted.serial) ? this.served : undefined;
  }

  /** Whether it may be tried again by now. */
  get isDue(): boolean {
    return performance.now() >= this.#retryAt;
  }
}
