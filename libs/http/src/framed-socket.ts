import type { ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { HttpAnswer, HttpRequest } from './http-exchange.ts';
import { plainAddress } from './node-http.ts';
import { RequestFramer } from './request-framer.ts';
import { WholeRequestReader } from './whole-request.ts';
import { responseText } from './response-text.ts';

type Done = (error?: Error | null) => void;

/** What a framed socket needs to know of its server. */
export interface FramedSocketSettings {
  /** Whether anybody here accepts an upgrade to another protocol. */
  readonly upgrades: () => boolean;
  /** The largest head in bytes. */
  readonly maxHead: number;
  /** Ends a connection the framer refused while the parser behind it, having failed before, keeps silent. */
  readonly refuse: (socket: FramedSocket) => void;
  /** Answers requests that came whole, past the HTTP server; undefined where a request is not for it. */
  readonly fastPath?: (request: HttpRequest) => Promise<HttpAnswer | undefined> | undefined;
  /** What answers past the server say of the connection that is kept. */
  readonly keepAlive: () => string;
}

/**
 * A connection as the HTTP server sees it: the socket behind it, with the methods of its requests exchanged by a framer.
 * Back-pressure, half-close, errors, time-outs and addresses are those of the socket.
 *
 * Once the server has answered a first request, later ones of the plainest kind (see `WholeRequests`) may be answered past
 * it, which costs a fraction: each alone, while nothing else is under way. The server then takes the connection to be
 * idle; so its time-out does not count, and what comes or ends meanwhile waits for the answer.
 */
export class FramedSocket extends Duplex {
  readonly framer: RequestFramer;
  /** Responses to the requests of this connection, in their order, the finished ones at the front left out. */
  readonly responses: ServerResponse[] = [];
  /** Whether the connection was refused; what still comes is dropped. */
  refused = false;
  private answering = 0;
  private full = false;
  /** The request that is being answered past the server. */
  private fastRequest: HttpRequest | undefined;
  /** What came meanwhile. */
  private readonly waiting: Buffer[] = [];
  private ended = false;
  /** Whether the connection is to be closed behind the answer. */
  private leaving = false;
  private readonly whole: WholeRequestReader;

  constructor(
    readonly raw: Socket,
    private readonly settings: FramedSocketSettings,
  ) {
    super({ allowHalfOpen: true, decodeStrings: false });
    this.whole = new WholeRequestReader(settings.maxHead, plainAddress(raw.remoteAddress));
    this.framer = new RequestFramer({
      maxHead: settings.maxHead,
      upgrades: settings.upgrades,
      deliver: (bytes) => {
        this.full = !this.push(bytes);
      },
    });
    raw.on('data', (bytes: Buffer) => this.receive(bytes));
    raw.once('end', () => {
      this.ended = true;
      this.endIfDone();
    });
    raw.on('error', (error) => this.destroy(error));
    raw.once('close', () => this.destroy());
    raw.on('timeout', () => {
      if (!this.fastRequest) this.emit('timeout');
    });
  }

  private endIfDone(): void {
    if (!this.ended || this.fastRequest) return;
    this.framer.finish();
    this.push(null);
  }

  private receive(bytes: Buffer): void {
    if (this.refused) return;
    if (this.fastRequest) {
      this.waiting.push(bytes);
      this.raw.pause();
      return;
    }
    if (this.takesFastPath(bytes)) return;
    this.full = false;
    this.framer.push(bytes);
    if (this.full) this.raw.pause();
    const unheard = this.framer.refusal !== undefined && !this.refused && this.readableLength === 0;
    if (unheard) this.settings.refuse(this);
  }

  /** Has a request answered past the server, where it is of that kind and nothing else is under way. */
  private takesFastPath(bytes: Buffer): boolean {
    const { fastPath } = this.settings;
    if (!fastPath || this.raw.writableNeedDrain || !this.framer.atRest) return false;
    if (this.answering === 0 || this.answering !== this.framer.requests) return false;
    this.dropFinished();
    if (this.responses.length > 0) return false;
    const request = this.whole.read(bytes);
    const answer = request && fastPath(request);
    if (!answer) return false;
    this.fastRequest = request;
    answer
      .then((given) => this.answerFast(request.verb, given))
      .catch((error: unknown) => this.destroy(error as Error));
    return true;
  }

  private answerFast(verb: string, answer: HttpAnswer | undefined): void {
    this.fastRequest = undefined;
    if (this.raw.destroyed) return;
    if (answer) {
      const connection = this.leaving ? 'Connection: close' : this.settings.keepAlive();
      const { text, encoding, bytes } = responseText(verb, answer, connection);
      this.raw.write(text, encoding);
      if (bytes) this.raw.write(bytes);
    }
    if (this.leaving || !answer) {
      this.destroySoon();
      return;
    }
    for (const bytes of this.waiting.splice(0)) this.receive(bytes);
    if (!this.fastRequest && !this.full) this.raw.resume();
    this.endIfDone();
  }

  private dropFinished(): void {
    while (this.responses[0]?.writableFinished === true) this.responses.shift();
  }

  /**
   * Whether the server has no request of it under way: none has come, or all are answered. One whose head is not complete
   * is none yet; one that is answered past the server does not count.
   */
  get idle(): boolean {
    this.dropFinished();
    return this.responses.length === 0 && this.answering === this.framer.requests;
  }

  /** Notes the response to one more request; false when the framer let no such request through. */
  note(response: ServerResponse): boolean {
    this.dropFinished();
    this.responses.push(response);
    this.answering++;
    return this.answering <= this.framer.requests;
  }

  override _read(): void {
    this.full = false;
    this.raw.resume();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: Done): void {
    this.raw.write(chunk, encoding, done);
  }

  override _writev(chunks: readonly { chunk: Buffer | string; encoding: BufferEncoding }[], done: Done): void {
    // A response ends with an empty chunk; one write of text is much cheaper than a vector of two.
    const full = chunks.filter(({ chunk }) => chunk.length > 0);
    const last = full.pop();
    if (last === undefined) return done();
    if (full.length > 0) this.raw.cork();
    for (const { chunk, encoding } of full) this.raw.write(chunk, encoding);
    this.raw.write(last.chunk, last.encoding, done);
    if (full.length > 0) this.raw.uncork();
  }

  override _final(done: Done): void {
    this.raw.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    if (this.raw.closed) return done(error);
    this.raw.once('close', () => done(error));
    this.raw.destroy();
  }

  /** A server that closes destroys connections it takes to be idle: what is being answered past it is answered first. */
  override destroy(error?: Error): this {
    if (!this.fastRequest || error !== undefined || this.raw.destroyed) return super.destroy(error);
    this.leaving = true;
    return this;
  }

  /** Ends the connection once everything written is sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    this.raw.setTimeout(milliseconds);
    if (listener !== undefined) this.once('timeout', listener);
    return this;
  }

  setNoDelay(on?: boolean): this {
    this.raw.setNoDelay(on);
    return this;
  }

  setKeepAlive(on?: boolean, initialDelay?: number): this {
    this.raw.setKeepAlive(on, initialDelay);
    return this;
  }

  ref(): this {
    this.raw.ref();
    return this;
  }

  unref(): this {
    this.raw.unref();
    return this;
  }

  address(): AddressInfo | object {
    return this.raw.address();
  }

  get remoteAddress(): string | undefined {
    return this.raw.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.raw.remotePort;
  }

  get remoteFamily(): string | undefined {
    return this.raw.remoteFamily;
  }

  get localAddress(): string | undefined {
    return this.raw.localAddress;
  }

  get localPort(): number | undefined {
    return this.raw.localPort;
  }

  get localFamily(): string | undefined {
    return this.raw.localFamily;
  }

  get bytesRead(): number {
    return this.raw.bytesRead;
  }

  get bytesWritten(): number {
    return this.raw.bytesWritten;
  }

  /** True for a connection under TLS. */
  get encrypted(): boolean {
    return 'encrypted' in this.raw && this.raw.encrypted === true;
  }
}
