/*
 * Node's parser refuses the verbs of CInP, and no option changes that. So a framer reads along in front of it:
 * it follows the messages of one connection only far enough to know where the next request line begins, and exchanges
 * the method there for one of the same length. All other bytes go on as they came and when they came; just an
 * unfinished method is held back, so that the parser's limits and timers keep their meaning.
 *
 * Were the two ever to disagree on where a message ends, a body could pass for a request. The framer therefore accepts
 * less than the parser does, and answers every doubt with a NUL byte, which no place it is put at allows: the parser
 * itself then fails, in order, behind the requests that were sound.
 */
import { ByteAccumulator } from './byte-accumulator.ts';
import { parserMethod } from './http-verb.ts';
import { readChunkSize, readHead, readTrailers, TOKEN_BYTES } from './message-head.ts';

/** What a framer needs of the connection it stands on. */
export interface FramerPort {
  /** Takes the next bytes for the parser. */
  readonly deliver: (bytes: Buffer) => void;
  /** Whether anybody here accepts an upgrade to another protocol. */
  readonly upgrades: () => boolean;
  /** The largest head, and the largest trailer section, in bytes. */
  readonly maxHead: number;
}

type Situation = 'between' | 'head' | 'body' | 'size' | 'chunk' | 'chunkEnd' | 'trailers' | 'tunnel' | 'refused';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const NUL = Buffer.alloc(1);
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const MAX_METHOD = 24;
const MAX_CHUNK_LINE = 256;

/** Follows the requests on one connection and makes their methods ones the parser knows; alters what it is given in place. */
export class RequestFramer {
  /** Requests let through so far; the parser never sees more of them. */
  requests = 0;
  /** Bytes of their bodies so far; the parser sees as many. */
  bodyBytes = 0;
  /** Why the connection was refused, once it was. */
  refusal: string | undefined;

  private situation: Situation = 'between';
  /** Bytes left of the body or chunk. */
  private left = 0;
  /** The parser drops what stands in one read behind a request whose upgrade nobody accepts: end the read there. */
  private endsRead = false;
  private readonly gathered = new ByteAccumulator();
  private input: Buffer = NOTHING;
  /** Input before this is sent on. */
  private sent = 0;
  /** Input before this is accepted. */
  private at = 0;
  /** Where the element being looked at ends. */
  private end = 0;

  constructor(private readonly port: FramerPort) {}

  /** Whether the next byte begins a request. */
  get atRest(): boolean {
    return this.situation === 'between' && this.gathered.length === 0;
  }

  /** Takes the next bytes of the connection. */
  push(input: Buffer): void {
    this.input = input;
    this.sent = 0;
    this.at = 0;
    while (this.at < input.length) this.step();
    this.sendOn();
    this.input = NOTHING;
  }

  /** The connection has ended: an unfinished method goes on, so that the parser sees it is unfinished. */
  finish(): void {
    if (this.situation === 'between' && this.gathered.length > 0) this.port.deliver(this.gathered.finish(NOTHING));
  }

  private step(): void {
    switch (this.situation) {
      case 'between':
        return this.method();
      case 'head':
        return this.head();
      case 'body':
      case 'chunk':
        return this.data();
      case 'size':
        return this.size();
      case 'chunkEnd':
        return this.chunkEnd();
      case 'trailers':
        return this.trailers();
      case 'tunnel':
        this.at = this.input.length;
        return;
      case 'refused':
        this.at = this.sent = this.input.length;
    }
  }

  private method(): void {
    const { input, gathered } = this;
    if (gathered.length === 0) {
      while (input[this.at] === CR || input[this.at] === LF) this.at++;
      if (this.at === input.length) return;
    }
    let end = this.at;
    while (end < input.length && TOKEN_BYTES[input[end]!] === 1) end++;
    if (gathered.length + end - this.at > MAX_METHOD) return this.refuse('Malformed request line');
    if (end === input.length) {
      this.sendOn();
      gathered.add(input.subarray(this.at));
      this.at = this.sent = end;
      return;
    }
    const whole = gathered.length === 0;
    const token = gathered.finish(input.subarray(this.at, end)).toString('latin1');
    if (token === '' || input[end] !== SPACE) return this.refuse('Malformed request line');
    const method = parserMethod(token);
    if (method === undefined) return this.refuse(`Invalid Verb (HTTP Method) "${token.toUpperCase()}"`);
    if (whole && method !== token) input.write(method, this.at, 'latin1');
    this.at = end;
    this.situation = 'head';
    if (whole) return;
    this.sent = end;
    this.port.deliver(Buffer.from(method, 'latin1'));
  }

  private head(): void {
    const bytes = this.through(HEAD_END, this.port.maxHead);
    if (bytes === undefined) return;
    const head = readHead(bytes);
    if (typeof head === 'string') return this.refuse(head);
    const upgraded = head.upgrade && this.port.upgrades();
    if (upgraded && (head.chunked || head.length > 0)) return this.refuse('Upgrade with a body');
    this.requests++;
    this.endsRead = head.upgrade && !upgraded;
    this.left = head.length;
    if (upgraded) this.accept('tunnel');
    else if (head.chunked) this.accept('size');
    else if (head.length > 0) this.accept('body');
    else this.acceptLast();
  }

  private data(): void {
    const taken = Math.min(this.left, this.input.length - this.at);
    this.left -= taken;
    this.bodyBytes += taken;
    this.end = this.at + taken;
    if (this.left > 0) this.accept(this.situation);
    else if (this.situation === 'chunk') this.accept('chunkEnd');
    else this.acceptLast();
  }

  private size(): void {
    const line = this.through(LINE_END, MAX_CHUNK_LINE);
    if (line === undefined) return;
    const size = readChunkSize(line);
    if (size === undefined) return this.refuse('Malformed chunk size');
    this.left = size;
    this.accept(size > 0 ? 'chunk' : 'trailers');
    if (size === 0) this.gathered.add(LINE_END);
  }

  private chunkEnd(): void {
    if (this.through(LINE_END, LINE_END.length) !== undefined) this.accept('size');
  }

  private trailers(): void {
    const bytes = this.through(HEAD_END, this.port.maxHead);
    if (bytes === undefined) return;
    const reason = readTrailers(bytes);
    if (reason === undefined) this.acceptLast();
    else this.refuse(reason);
  }

  /** The element up to and including `mark`; undefined when its end has not come yet or it is longer than `limit`. */
  private through(mark: Buffer, limit: number): Buffer | undefined {
    const { input, gathered, at } = this;
    const end = gathered.endIn(input, at, mark);
    this.end = end < 0 ? input.length : end;
    if (gathered.length + this.end - at > limit) {
      this.refuse(mark === HEAD_END ? `Request head of more than ${limit} bytes` : 'Malformed chunk');
      return undefined;
    }
    if (end >= 0) return gathered.finish(input.subarray(at, end));
    const before = gathered.length;
    gathered.add(input.subarray(at));
    // The parser takes "GET /" and a bare line feed for a request of HTTP/0.9.
    if (gathered.hasBareLineFeed(before)) this.refuse('Bare line feed');
    else this.accept(this.situation);
    return undefined;
  }

  private accept(next: Situation): void {
    this.at = this.end;
    this.situation = next;
  }

  private acceptLast(): void {
    this.accept('between');
    if (this.endsRead) this.sendOn();
    this.endsRead = false;
  }

  private refuse(reason: string): void {
    this.sendOn();
    this.refusal = reason;
    this.situation = 'refused';
    this.at = this.sent = this.input.length;
    this.port.deliver(NUL);
  }

  private sendOn(): void {
    if (this.sent === this.at) return;
    const { input, sent, at } = this;
    this.sent = at;
    this.port.deliver(sent === 0 && at === input.length ? input : input.subarray(sent, at));
  }
}
