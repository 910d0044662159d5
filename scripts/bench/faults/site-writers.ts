import { setTimeout as sleep } from 'node:timers/promises';
import { NotFound } from '#cinp';
import type { Callers } from './callers.ts';
import { isRefused } from './callers.ts';
import type { Findings } from './findings.ts';
import type { FaultedServer } from './installation.ts';

const SITE = '/api/v1/Site/Site';
/** How long a writer waits after what it was told, in milliseconds. */
const PAUSE_MS = 100;
/** How long a server may not know what the other one has answered, in milliseconds. */
const UNKNOWN_MS = 60_000;

/** A write that was tried at a server, and how it went. */
export interface Write {
  readonly server: string;
  readonly begun: number;
  readonly ended: number;
  readonly done: boolean;
}

/** Clients that write sites at either server, and keep what they were answered. */
export class SiteWriters {
  /** Description by name: what was answered last. */
  readonly answered = new Map<string, string>();
  readonly writes: Write[] = [];
  readonly #callers: Callers;
  readonly #findings: Findings;

  constructor(callers: Callers, findings: Findings) {
    this.#callers = callers;
    this.#findings = findings;
  }

  /** Writes until it is told to stop. */
  async run(writer: number, signal: AbortSignal): Promise<void> {
    for (let n = 0; !signal.aborted; n += 1) {
      const name = `w${writer}-${n}`;
      const made = await this.#write(this.#callers.any(), name, 'first');
      if (made) await this.#change(name, signal);
      await sleep(PAUSE_MS);
    }
  }

  /** Changes what is there; a server that did not make it may not know of it yet. */
  async #change(name: string, signal: AbortSignal): Promise<void> {
    const limit = performance.now() + UNKNOWN_MS;
    while (!signal.aborted) {
      const done = await this.#write(this.#callers.any(), name, 'second');
      if (done !== undefined) return;
      if (performance.now() > limit) {
        this.#findings.add('LOST', `${name} was made, and is not to be found`);
        return;
      }
      await sleep(PAUSE_MS);
    }
  }

  /** @returns whether it was done; undefined where the server does not know of it */

  async #write(server: FaultedServer, name: string, description: string): Promise<boolean | undefined> {
    const begun = performance.now();
    const noted = (done: boolean): boolean => {
      this.writes.push({ server: server.program.name, begun, ended: performance.now(), done });
      return done;
    };
    const pid = server.program.pid;
    try {
      await this.#callers.at<unknown>(server, (client) =>
        description === 'first'
          ? client.create(SITE, { name, description })
          : client.update(`${SITE}:${name}:`, { description }),
      );
      this.answered.set(name, description);
      return noted(true);
    } catch (error) {
      if (error instanceof NotFound && description === 'second') return undefined;
      if (isRefused(error)) {
        this.#findings.add('WRONG', `${name} (${description}) was refused at ${server.program.name}: ${error.message}`);
      }
      // Where the server was killed meanwhile it says nothing about its health.
      if (pid !== 0 && pid === server.program.pid) noted(false);
      return false;
    }
  }
}
