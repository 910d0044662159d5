import { randomUUID } from 'node:crypto';
import type { Logger } from '#kernel';
import type { ReadStore, View } from '#read-store';
import type { BootRequest } from './boot-request.ts';
import type { BootLedger, ListedRequest, RequestsAsked, TracedRequest } from './boot-ledger.ts';
import type { AskingMachine, KnownOfMachine } from './machine-at.ts';
import { machineAt } from './machine-at.ts';

/** How many documents may wait to be noted; of others it is only counted that they were left out. */
export const MAX_WAITING = 10_000;
/** How long they wait to be noted together, in milliseconds: so many are lost when the process is killed. */
const FLUSH_MS = 1000;
/** How many are written at a time. */
const SLICE = 500;

/** Looks up which machine asks from an address. */
type FindMachine = (address: string, known: KnownOfMachine) => Promise<AskingMachine>;

/** A document that the server itself has given to a machine. */
export interface GivenDocument extends Omit<BootRequest, 'mac' | 'kind'> {
  /** The structure whose document it is, where that is known. */
  readonly structure: number | undefined;
}

/** A request as an agent reports it. */
export type ReportedRequest = BootRequest & { readonly id: string };

export interface BootTracesParts {
  readonly ledger: Pick<BootLedger, 'start' | 'keep' | 'list' | 'prune'>;
  readonly reads: Pick<ReadStore, 'now'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** What machines do while they boot, as agents report it and as the server itself sees it. */
export class BootTraces {
  readonly #parts: BootTracesParts;
  #waiting: GivenDocument[] = [];
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: BootTracesParts) {
    this.#parts = parts;
  }

  async onModuleInit(): Promise<void> {
    await this.#parts.ledger.start();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.#timer);
    await this.flush().catch(this.#failed);
  }

  /** How many documents were not noted, because too many waited. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Notes a document that a machine was given, or refused; whoever gives it does not wait. */
  note(document: GivenDocument): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(document);
    else this.#leftOut += 1;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#failed);
    }, FLUSH_MS).unref();
  }

  /** Keeps what an agent has seen at a site. */
  async report(site: string, agent: string, requests: readonly ReportedRequest[]): Promise<void> {
    const view = this.#parts.reads.now;
    await this.#keep(view, requests, async ({ id, ...request }, find) => ({
      ...request,
      ...(await find(request.address, { site, mac: request.mac })),
      site,
      agent,
      id: `${agent}/${id}`,
    }));
  }

  /** The newest requests, in the order in which they were made. */
  async list(asked: RequestsAsked): Promise<readonly ListedRequest[]> {
    await this.flush();
    return this.#parts.ledger.list(asked);
  }

  prune(before: string, limit: number): Promise<number> {
    return this.#parts.ledger.prune(before, limit);
  }

  /** Writes what was noted. @throws what the database throws; it is kept for the next time then */
  flush(): Promise<void> {
    const next = this.#writing.then(() => this.#write());
    this.#writing = next.catch(() => undefined);
    return next;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const slice = this.#waiting.slice(0, SLICE);
      await this.#keep(this.#parts.reads.now, slice, async ({ structure, ...document }, find) => ({
        ...document,
        kind: 'document',
        ...(await find(document.address, { structure })),
        agent: '',
        id: randomUUID(),
      }));
      this.#waiting = this.#waiting.slice(slice.length);
    }
  }

  /** Keeps requests with who has made them; each machine is looked up once. */
  async #keep<R>(
    view: View,
    requests: readonly R[],
    traced: (request: R, find: FindMachine) => Promise<TracedRequest>,
  ): Promise<void> {
    const found = new Map<string, Promise<AskingMachine>>();
    const find: FindMachine = (address, known) => {
      const key = JSON.stringify([address, known.site, known.mac, known.structure]);
      const asked = found.get(key) ?? machineAt(view, address, known);
      found.set(key, asked);
      return asked;
    };
    const all: TracedRequest[] = [];
    for (const request of requests) all.push(await traced(request, find));
    await this.#parts.ledger.keep(all);
  }

  readonly #failed = (error: unknown): void =>
    this.#parts.log.warn('what machines were given cannot be noted yet', { reason: String(error) });
}
